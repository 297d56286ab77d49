"""A no to a topic of marketing mail: what waits is taken back, the address remembers it, and what left is awaited."""

import time
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mailings.delivery.holding_back import UNWANTED
from mailings.delivery.settling import end, hold
from mailings.models import Campaign, Delivery, Subscriber
from mailings.selectors.readers import address_of
from mailings.topics import line_of, topics
from privacy.addresses import of_mailbox
from privacy.consents import Channel, Question
from privacy.erasing import ledger
from privacy.erasing.wishes import enter_digests
from privacy.hearing import Hearer, Said, register_hearer
from privacy.models import ConsentEvent, Suppression
from privacy.selectors.consents import says_yes_to
from privacy.selectors.suppression import is_suppressed
from privacy.services.suppression import lift, suppress

AWAITED = 3.0  # seconds that somebody who says no waits for mails which are being handed over
LOOK_AGAIN = 0.1
State = Delivery.State


def register() -> None:
    """Hear every answer, wherever it is given."""
    register_hearer(Hearer(hear=hear, under_way=under_way))


def hear(*, subject: UUID, said: Said, now: datetime) -> None:
    """In the transaction of the answers: a no is remembered for the address and takes back what waits; a yes lifts it.

    Of somebody who has left there is no address, and nothing to do.
    """
    about_topics = {event: before for event, before in said.items() if _topic_of(event)}
    address = address_of(subject) if about_topics else None
    if address is None:
        return
    for event, before in about_topics.items():
        if event.given:
            lift(kind=Suppression.Kind.TOPIC, value=line_of(event.purpose, address), now=now)
        elif before or Subscriber.objects.filter(of_mailbox(address)).exists():
            remember(address=address, topics=[event.purpose], now=now)
    take_back(reader=subject, address=address, topics=_refused(about_topics))
    still = says_yes_to(subject=subject, purposes=topics(), channel=Channel.EMAIL)
    Subscriber.objects.filter(key=subject).update(stopped_at=None if still else now)


def under_way(*, subject: UUID, refused: Sequence[Question]) -> int:
    """After the commit: take back what was written down in between, then wait for what no one can call back."""
    stopped = [one.purpose.key for one in refused if one.channel == Channel.EMAIL and one.purpose.key in topics()]
    return wait_for(reader=subject, address=address_of(subject) or "", topics=stopped) if stopped else 0


def remember(*, address: str, topics: Iterable[str], now: datetime) -> None:
    """Keep a digest of topic and address, outside of the database too, so that a restored copy does not forget it."""
    lines = [(Suppression.Kind.TOPIC, line_of(topic, address)) for topic in topics]
    fresh = [(kind, value) for kind, value in lines if not is_suppressed(kind, value)]
    for kind, value in fresh:
        suppress(kind=kind, value=value, reason=Suppression.Reason.OPTED_OUT, now=now)
    if fresh:
        _write_down(ledger.line_for(request="", reason=Suppression.Reason.OPTED_OUT, values=fresh, now=now))


def remember_digest(*, key_id: str, digest: str, now: datetime) -> None:
    """The same by a digest of topic and address, where the address is not here any more."""
    reason = Suppression.Reason.OPTED_OUT
    if Suppression.objects.filter(kind=Suppression.Kind.TOPIC, digest=digest).exists():
        return
    enter_digests([Suppression(kind=Suppression.Kind.TOPIC, digest=digest, key_id=key_id, reason=reason, at=now)])
    line = ledger.Line(
        request="",
        at=now.isoformat(timespec="seconds"),
        reason=reason.value,
        digests=[[Suppression.Kind.TOPIC.value, key_id, digest]],
    )
    _write_down(line)


@transaction.atomic
def take_back(*, reader: UUID | None, address: str, topics: Collection[str]) -> None:
    """End the rows of these topics that nobody has begun to hand over. On each, either this or the dot is first."""
    waiting = _mails(reader, address, topics).filter(state__in=[State.PENDING, State.CLAIMED])
    end(hold(waiting), state=State.SUPPRESSED, error=UNWANTED)


def wait_for(*, reader: UUID | None, address: str, topics: Collection[str]) -> int:
    """How many mails of these topics are still being handed over after a few seconds at most."""
    take_back(reader=reader, address=address, topics=topics)
    patience = time.monotonic() + AWAITED
    while (left := in_flight(reader=reader, address=address, topics=topics)) and time.monotonic() < patience:
        time.sleep(LOOK_AGAIN)
    return left


def in_flight(*, reader: UUID | None, address: str, topics: Collection[str]) -> int:
    """How many mails of these topics are being handed over at this moment."""
    rows = _mails(reader, address, topics).filter(state=State.IN_FLIGHT, lease_until__gt=timezone.now())
    return rows.count()


def _write_down(line: ledger.Line) -> None:
    transaction.on_commit(partial(ledger.append, line), robust=True)  # a full disk is no reason to go on mailing


def _mails(reader: UUID | None, address: str, topics: Collection[str]) -> QuerySet[Delivery]:
    """By the key, since people change their address, and by the address, since it may have two keys.

    Campaigns by a query of their own: a join would make the update overlook that a worker was quicker.
    """
    whose = Q(pk__in=[])
    if reader is not None:
        whose |= Q(reader=reader)
    if address:
        whose |= Q(to__iexact=address)
    return Delivery.objects.filter(whose, campaign__in=Campaign.objects.filter(topic__in=list(topics)))


def _topic_of(event: ConsentEvent) -> bool:
    return event.channel == Channel.EMAIL and event.purpose in topics()


def _refused(events: Iterable[ConsentEvent]) -> list[str]:
    return [event.purpose for event in events if not event.given and _topic_of(event)]
