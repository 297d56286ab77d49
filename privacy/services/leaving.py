"""Leaving: the wish, its confirmation by mail, two weeks to change one's mind, and what ends it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from privacy import tasks
from privacy.departures import Leaving, departures
from privacy.erasing.running import leaving_of
from privacy.models import Erasure, Receipt, SubjectRequest
from privacy.outlets import outlet
from privacy.services.requests import AlreadyAsked, ReasonMissing, file_request, tell_person

COOLING_OFF = timedelta(days=14)
CONFIRMED_WITHIN = timedelta(days=7)
SALT = "privacy.wish_to_leave"

Kind, State = SubjectRequest.Kind, SubjectRequest.State
MAY_STAY = (State.RECEIVED, State.COOLING_OFF)


class NotOurLink(Exception):
    """The link was changed on the way, or its seven days are over."""


class NotLeaving(Exception):
    """There is no such wish any more: it was confirmed, taken back or carried out."""


@transaction.atomic(durable=True)
def ask_to_leave(
    *,
    member: Any,
    leads: Erasure.Leads,
    successors: Mapping[int, int],
    text: str,
    now: datetime,
    identity_proof: str = "password",
) -> SubjectRequest:
    """File the wish of somebody who has just given the password; what they posted disappears in the same commit.

    A mail asks for confirmation. `successors`: who owns which company afterwards. Raises AlreadyAsked.
    """
    request = file_request(
        kind=Kind.ERASURE, member=member, text=text, state=State.RECEIVED, identity_proof=identity_proof, now=now
    )
    leaving = Leaving(member.pk, leads, successors)
    to_bring_back = {one.name: one.begin(leaving, now) for one in departures()}
    Erasure.objects.create(
        request=request,
        member_number=member.pk,
        leads=leads,
        successors={str(company): heir for company, heir in successors.items()},
        to_bring_back=to_bring_back,
    )
    until = now + CONFIRMED_WITHIN
    tell_person(request, template="erasure_confirm", now=now, url=confirmation_url(request), until=until)
    return request


@transaction.atomic
def let_go(*, member: Any, now: datetime) -> None:
    """Have an account erased that nobody ever proved to be theirs: nobody is asked, and nobody is written to.

    Does nothing where a wish to leave is open already.
    """
    try:
        request = file_request(
            kind=Kind.ERASURE,
            member=member,
            text="",
            state=State.COOLING_OFF,
            identity_proof="nobody ever proved the mailbox",
            now=now,
        )
    except AlreadyAsked:
        return
    Erasure.objects.create(request=request, member_number=member.pk, runs_at=now, writes_letter=False)
    transaction.on_commit(partial(tasks.wake_erasure, str(request.pk)))


def confirmation_url(request: SubjectRequest) -> str:
    """The link that proves the mailbox."""
    path = reverse("privacy:leaving_confirm", args=[signing.dumps(str(request.pk), salt=SALT)])
    return f"{settings.SITE_URL}{path}"


def read_token(token: str) -> UUID:
    """Whose link it is. Raises NotOurLink."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=CONFIRMED_WITHIN))
    except (signing.BadSignature, ValueError) as error:
        raise NotOurLink from error


def waits_for_confirmation(*, token: str) -> None:
    """Raise NotOurLink or NotLeaving where pressing the button would change nothing."""
    if not SubjectRequest.objects.filter(pk=read_token(token), state=State.RECEIVED).exists():
        raise NotLeaving


@transaction.atomic(durable=True)
def confirm_leaving(*, token: str, now: datetime) -> datetime:
    """Begin the two weeks and say when they end; of two clicks one does, and both say the same.

    Raises NotOurLink, NotLeaving.
    """
    pk = read_token(token)
    received = SubjectRequest.objects.filter(pk=pk, state=State.RECEIVED)
    if received.update(state=State.COOLING_OFF):
        Erasure.objects.filter(pk=pk).update(runs_at=now + COOLING_OFF)
        request = SubjectRequest.objects.get(pk=pk)
        tell_person(request, template="erasure_confirmed", now=now, until=now + COOLING_OFF)
    runs_at = Erasure.objects.filter(pk=pk, request__state=State.COOLING_OFF).values_list("runs_at", flat=True).first()
    if runs_at is None:
        raise NotLeaving
    return runs_at


@transaction.atomic(durable=True)
def stay(*, member: Any, now: datetime) -> None:
    """The person has changed their mind: everything is as it was. Raises NotLeaving."""
    open_one = SubjectRequest.objects.filter(member=member, kind=Kind.ERASURE, state__in=MAY_STAY).first()
    if open_one is None:
        raise NotLeaving
    _end(open_one, State.CANCELLED, template="erasure_cancelled", now=now)


@transaction.atomic
def refuse_leaving(*, request: SubjectRequest, reason: str, now: datetime) -> None:
    """Staff say no, and why: GDPR art. 12(4) and (5). Raises ReasonMissing, NotLeaving."""
    if not reason.strip():
        raise ReasonMissing
    _end(request, State.REFUSED, answer=reason.strip(), template="erasure_refused", now=now)


def forget_unconfirmed(*, now: datetime) -> None:
    """Wishes that nobody confirmed within a week come to nothing; what was hidden comes back."""
    for job in Erasure.objects.unconfirmed(before=now - CONFIRMED_WITHIN).select_related("request"):
        with suppress(NotLeaving), transaction.atomic(durable=True):  # somebody confirms it at this moment
            _end(job.request, State.EXPIRED, template="erasure_cancelled", now=now)


def take_up_due(*, now: datetime) -> None:
    """Wake workers for those whose time is over, or whose worker died."""
    for pk in Erasure.objects.waiting(at=now).values_list("pk", flat=True):
        tasks.wake_erasure(str(pk))


def close_confirmed(*, now: datetime) -> int:
    """End the requests whose receivers have all confirmed; how many."""
    waiting = SubjectRequest.objects.filter(kind=Kind.ERASURE, state=State.AWAITING).select_related("erasure")
    ended = 0
    for request in waiting.exclude(pk__in=Receipt.objects.open().values("request")):
        state = State.PARTLY_KEPT if request.erasure.kept else State.DONE
        ended += SubjectRequest.objects.filter(pk=request.pk, state=State.AWAITING).update(state=state, ended_at=now)
    return ended


def forget_letters(*, now: datetime) -> None:  # noqa: ARG001  # called like every other sweep
    """A final letter that has left, or cannot, is forgotten with the address that it went to."""
    for job in Erasure.objects.exclude(letter=None):
        if job.letter and not outlet().unsent([job.letter]):
            with transaction.atomic(durable=True):
                outlet().forget([job.letter])
                Erasure.objects.filter(pk=job.pk, letter=job.letter).update(letter=None)


def _end(
    request: SubjectRequest, state: SubjectRequest.State, *, answer: str = "", template: str, now: datetime
) -> None:
    waiting = SubjectRequest.objects.filter(pk=request.pk, state__in=MAY_STAY)
    if not waiting.update(state=state, answer=answer, ended_at=now):
        raise NotLeaving
    job = Erasure.objects.get(pk=request.pk)
    leaving = leaving_of(job)
    for one in departures():
        if one.name in job.to_bring_back:
            one.bring_back(leaving, job.to_bring_back[one.name], now)
    request.refresh_from_db()
    tell_person(request, template=template, now=now)
