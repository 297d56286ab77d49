"""Removal for people without an account: asked for by anybody, proved by a link to the mailbox, then done at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from privacy.erasing.mailboxes import erase_mailbox
from privacy.mailboxes import is_at_host
from privacy.models import Removal, SubjectRequest, Suppression
from privacy.outlets import outlet
from privacy.removables import removable
from privacy.selectors.removals import (
    VALID,
    entries_of,
    is_members,
    link_token,
    refused_lately,
    removal_by_link,
    unproved_accounts,
)
from privacy.services.leaving import let_go
from privacy.services.requests import month_after
from privacy.services.suppression import suppress_for_good

State = SubjectRequest.State


class LinkClosed(Exception):
    """The link is not ours, or its time is over."""


class BelongsToMember(Exception):
    """The address has become a member's, who can do all this in the privacy centre."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be gone."""

    email: str
    text: str = ""
    page: str = ""  # the path of a page of this market; "" for an e-mail that they got
    target_kind: str = ""  # what the page shows, as privacy.removables.target_of says
    target_key: str = ""
    language: str = "en"


@transaction.atomic(durable=True)
def ask_for_removal(*, asked: Asked, submission: UUID, now: datetime) -> None:
    """Send the address a link that proves the mailbox; to a member's, what a member does instead.

    Nothing is answered, so that nobody learns who is known here. Of two presses of one form, one asks.
    """
    if is_members(asked.email):
        _mail("removal_of_member", asked.email, asked.language, context={}, now=now)
        return
    try:
        with transaction.atomic():
            request = SubjectRequest.objects.create(
                id=submission,
                kind=SubjectRequest.Kind.REMOVAL,
                email=asked.email,
                text=asked.text,
                state=State.RECEIVED,
                received_at=now,
                due_at=month_after(now),
            )
    except IntegrityError:
        return
    Removal.objects.create(
        request=request,
        channel=Removal.Channel.FORM,
        page=asked.page[:300],
        target_kind=asked.target_kind,
        target_key=asked.target_key,
        language=asked.language,
    )
    link = reverse("privacy:prove_removal", args=[link_token(request)])
    context = {"url": settings.SITE_URL + link, "until": now + VALID}  # nothing typed: anybody can type an address
    _mail("removal_link", asked.email, asked.language, context=context, now=now)


@transaction.atomic(durable=True)
def prove_mailbox(*, token: str, now: datetime) -> SubjectRequest:
    """Who presses the button on the link's page reads that mailbox: do what this proves, and leave the rest to staff.

    The mailbox is suppressed, and what is kept about it erased; the page of a company at whose own host the mailbox is
    is hidden. Pressed again, nothing more happens. Raises LinkClosed, BelongsToMember.
    """
    request = removal_by_link(token, at=now)
    if request is None:
        raise LinkClosed
    waiting = SubjectRequest.objects.filter(pk=request.pk, state=State.RECEIVED)
    if not waiting.update(state=State.REVIEW, identity_proof="link to the mailbox"):
        request.refresh_from_db()
        return request
    if is_members(request.email):
        raise BelongsToMember
    erase_mailbox(address=request.email, now=now)
    _take_out_of_accounts(request.email, now=now)
    if _hide_if_theirs(request, now=now):
        Removal.objects.filter(pk=request.pk).update(hidden_here=True)
        SubjectRequest.objects.filter(pk=request.pk).update(state=State.HIDDEN)
    suppress_for_good(request=request.pk, values=[(Suppression.Kind.EMAIL, request.email)], now=now)
    request.refresh_from_db()
    return request


@transaction.atomic(durable=True)
def expire_removals(*, now: datetime) -> int:
    """End requests whose link nobody used, and forget whose address was typed; answers how many."""
    over = SubjectRequest.objects.filter(
        kind=SubjectRequest.Kind.REMOVAL, state=State.RECEIVED, received_at__lte=now - VALID
    )
    keys = list(over.select_for_update().values_list("pk", flat=True))
    Removal.objects.filter(pk__in=keys).update(page="", target_kind="", target_key="")
    return SubjectRequest.objects.filter(pk__in=keys).update(state=State.EXPIRED, email="", text="", ended_at=now)


def _take_out_of_accounts(address: str, *, now: datetime) -> None:
    """Somebody typed this address, and its holder does not want it here.

    An account of which nothing else is proved goes; whoever has a mailbox of their own only loses the entry.
    """
    accounts = unproved_accounts(address)
    for member in accounts:
        let_go(member=member, now=now)
    entries_of(address).exclude(user__in=accounts).delete()


def _hide_if_theirs(request: SubjectRequest, *, now: datetime) -> bool:
    removal = Removal.objects.get(pk=request.pk)
    known = removable(removal.target_kind)
    if (
        known is None
        or refused_lately(removal, at=now)
        or not is_at_host(request.email, known.host(removal.target_key))
    ):
        return False
    with translation.override(settings.LANGUAGE_CODE):  # read by whoever runs the page, not by who asks
        day = formats.date_format(request.due_at, "DATE_FORMAT")
        reason = _(
            "Somebody who reads mail at the domain of this company’s own website asked for the page to be removed. "
            "It is hidden until our staff have decided, at the latest on %(day)s."
        ) % {"day": day}
    return known.hide(removal.target_key, reason, None, now)


def _mail(template: str, to: str, language: str, *, context: dict[str, Any], now: datetime) -> None:
    outlet().queue(template=template, to=to, language=language, context=context, now=now)
