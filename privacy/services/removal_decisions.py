"""What staff do about removals; of two of the staff, one decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.erasing.mailboxes import erase_mailbox
from privacy.erasing.receivers import tell_followers
from privacy.models import WITH_STAFF, Removal, SubjectRequest, Suppression
from privacy.outlets import outlet
from privacy.removables import removable
from privacy.removal_reason import removing_for
from privacy.selectors.removals import is_members
from privacy.services.removals import Asked
from privacy.services.requests import ReasonMissing, month_after
from privacy.services.suppression import suppress_for_good

State = SubjectRequest.State
# Read by those who run the page.
HIDDEN = _("Somebody asked for this page to be removed. It is hidden until our staff have decided.")
CLOSED = _("Removed because whom it is about asked for it.")


class AlreadyDecided(Exception):
    """Somebody else of the staff was quicker."""


class NothingToHide(Exception):
    """No page was named that can be hidden, or it cannot be seen any more."""


@dataclass(frozen=True, slots=True)
class Received:
    """How a request came that did not come through the form."""

    channel: Removal.Channel
    who: str
    identity_proof: str


@transaction.atomic
def enter_removal(*, asked: Asked, received: Received, now: datetime) -> Removal:
    """File what came by telephone or letter; its sender has shown who they are. Answers the removal."""
    request = SubjectRequest.objects.create(
        id=uuid4(),
        kind=SubjectRequest.Kind.REMOVAL,
        email=asked.email,
        text=asked.text,
        identity_proof=received.identity_proof,
        state=State.REVIEW,
        received_at=now,
        due_at=month_after(now),
    )
    return Removal.objects.create(
        request=request,
        channel=received.channel,
        who=received.who,
        page=asked.page[:300],
        target_kind=asked.target_kind,
        target_key=asked.target_key,
        language=asked.language,
    )


@transaction.atomic
def hide_page(*, removal: Removal, by: Any, now: datetime) -> None:
    """Take the page off the market until it is decided. Raises AlreadyDecided, NothingToHide."""
    _move(removal, (State.REVIEW,), state=State.HIDDEN)
    known = removable(removal.target_kind)
    if known is None or not known.hide(removal.target_key, _in_our_language(HIDDEN), by, now):
        raise NothingToHide
    Removal.objects.filter(pk=removal.pk).update(hidden_here=True)


@transaction.atomic
def refuse_removal(*, removal: Removal, reason: str, by: Any, now: datetime) -> None:
    """Close without removing, and say why; what this request has hidden is shown again.

    The mailbox that was proved stays suppressed: its holder can say so without a reason.
    Raises AlreadyDecided, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    _move(removal, WITH_STAFF, state=State.REFUSED, answer=reason.strip(), ended_at=now)
    removal.refresh_from_db()
    known = removable(removal.target_kind)
    if removal.hidden_here and known is not None:
        known.show(removal.target_key, "", by, now)
    Removal.objects.filter(pk=removal.pk).update(decided_by=by, hidden_here=False)
    _tell(removal.request.email, removal, template="removal_refused", context={"reason": reason.strip()}, now=now)


@transaction.atomic
def finish_removal(*, removal: Removal, by: Any, now: datetime) -> None:
    """Close the page for good, erase what is kept about who asked, and see that neither comes back.

    Raises AlreadyDecided.
    """
    _move(removal, WITH_STAFF, state=State.DONE, ended_at=now)
    removal.refresh_from_db()
    email = removal.request.email
    known = removable(removal.target_kind)
    removing_for(removal.pk)
    gone: list[tuple[str, str]] = []  # read first: who closes the page erases it
    if known is not None:
        gone += known.identity(removal.target_key)
        known.close(removal.target_key, _in_our_language(CLOSED), by, now)
        tell_followers(request=removal.request, now=now)
    if email and not is_members(email):
        gone.append((Suppression.Kind.EMAIL, email))
        erase_mailbox(address=email, now=now)
    SubjectRequest.objects.filter(pk=removal.pk).update(email="", text="")
    Removal.objects.filter(pk=removal.pk).update(decided_by=by, who="", page="")
    _tell(email, removal, template="removal_done", context={}, now=now)
    suppress_for_good(request=removal.pk, values=gone, now=now)


def _move(removal: Removal, before: tuple[State, ...], **changes: Any) -> None:
    """One conditional statement: of two of the staff, one wins."""
    if not SubjectRequest.objects.filter(pk=removal.pk, state__in=before).update(**changes):
        raise AlreadyDecided


def _in_our_language(words: Promise) -> str:
    """Not in that of whoever sits at the page in admin."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def _tell(email: str, removal: Removal, *, template: str, context: dict[str, Any], now: datetime) -> None:
    """Who asked by telephone or letter and left no address is told in the same way by staff."""
    if email:
        outlet().queue(template=template, to=email, language=removal.language, context=context, now=now)
