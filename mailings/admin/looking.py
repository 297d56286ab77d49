"""Looking at a mail as one member gets it: staff type the address and say why, and the member sees that they did.

What was typed stands in the address of the page as a number that this site has signed, for one of the staff, one
campaign and half an hour: whoever counts numbers up sees nobody.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from mailings.models import Campaign
from privacy.purposes import ACCOUNT
from privacy.services.disclosing import Ground, disclose
from privacy.staff import LASTS, desk_of

SALT = "mailings.preview"
SEEN = ("full_name", "display_name", "language")


class LookOver(Exception):
    """The number is not ours, not for this page, or too old; or its member has left."""


def may_look(request: HttpRequest) -> bool:
    """A preview for a member tells their name."""
    about = get_user_model()._meta
    return bool(request.user.has_perm(f"{about.app_label}.view_{about.model_name}"))


def begin_look(request: HttpRequest, campaign: Campaign, member: Any, *, reason: str, now: datetime) -> str:
    """Tell the member who looks and why; the signed number by which the page knows whom it shows."""
    disclose(
        members=[member.pk],
        receiver=desk_of(request.user),
        purpose=ACCOUNT,
        columns=[f"{member._meta.label}.{name}" for name in SEEN],
        ground=Ground.STAFF,
        reason=reason,
        now=now,
    )
    return signing.dumps([request.user.pk, campaign.pk, member.pk], salt=SALT)


def looked_at(request: HttpRequest, campaign: Campaign, token: str) -> Any:
    """The member whom a signed number names. Raises PermissionDenied, LookOver."""
    if not may_look(request):
        raise PermissionDenied
    try:
        staff, about, number = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise LookOver from error
    found: Any = get_user_model()._default_manager.filter(pk=number, is_active=True).first()
    if found is None or (staff, about) != (request.user.pk, campaign.pk):
        raise LookOver
    return found
