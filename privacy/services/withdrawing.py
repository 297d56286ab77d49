"""What follows when somebody takes back a yes under which others got something: they are asked to delete it.

Processing ends with the withdrawal (GDPR art. 7(3)), what was given must go (art. 17(1)(b)), and whoever got it is
told (art. 19). It holds at once, so that the request which says so is done when it is written.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from itertools import takewhile
from uuid import UUID

from django.db.models import Q

from privacy.consents import name_in, why_of
from privacy.erasing.receivers import tell_receivers
from privacy.models import ConsentEvent, ConsentLink, Disclosure, Receipt, SubjectRequest
from privacy.removal_reason import removing_for


def follow_withdrawals(*, subject: UUID, taken_back: Collection[ConsentEvent], now: datetime) -> None:
    """Owe a receipt to each receiver that got something under one of these; in the transaction of the answers."""
    if not taken_back:
        return
    member = ConsentLink.objects.filter(key=subject).values_list("member_id", flat=True).first()
    if member is not None:  # a browser, or a reader without an account, was given to nobody
        for event in taken_back:
            _follow(event, member=member, now=now)


def _follow(event: ConsentEvent, *, member: int, now: datetime) -> None:
    why = why_of(event.purpose)
    if why is None:
        return
    since, names = _said_before(event)
    under_it = Q(purpose=why.key, ground=Disclosure.Ground.AGREED, receiver_name__in=names, day__gte=since)
    if not Disclosure.objects.of(member).filter(under_it).exists():
        return
    request = SubjectRequest.objects.create(
        kind=SubjectRequest.Kind.WITHDRAWAL,
        member_id=member,
        text=event.words.text,
        identity_proof="session",
        state=SubjectRequest.State.DONE,
        received_at=now,
        due_at=now,
        ended_at=now,
    )
    removing_for(request.pk)
    tell_receivers(request=request, members=[member], change=Receipt.Change.ERASE, only=under_it, now=now)


def _said_before(event: ConsentEvent) -> tuple[date, set[str]]:
    """Since which day it was a yes, and the receivers that it has named meanwhile."""
    said = ConsentEvent.objects.of(event.subject).filter(purpose=event.purpose, channel=event.channel, pk__lt=event.pk)
    yes = list(takewhile(lambda one: one.given, said.select_related("words").order_by("-pk")))
    lines = {line for one in yes for line in one.words.text.splitlines()}
    return yes[-1].at.astimezone(UTC).date(), {name for line in lines if (name := name_in(line))}
