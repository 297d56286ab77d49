"""Finding a campaign's readers, some at a time: a row for each address, once, and how far it got beside them.

Killed at any point, it goes on where the last commit left it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from mailings.audiences import audience, filters_of
from mailings.delivery.holding_back import UNWANTED, unwanted
from mailings.models import Campaign, Delivery, Subscriber
from mailings.writing.wire import domain_of
from privacy.consents import Channel
from privacy.digests import digest_now
from privacy.models import ConsentLink, Suppression
from privacy.selectors.consents import who_says_yes

BATCH = 1_000
MEMBERS, SUBSCRIBERS, END = "members", "subscribers", "end"


class Reader(NamedTuple):
    """Somebody to whom the campaign goes; `key` is that of their consents, and None where none is needed."""

    email: str
    language: str
    name: str
    key: UUID | None


@transaction.atomic(durable=True)
def find_some(*, campaign_id: int, now: datetime) -> bool:
    """Write the rows of some readers; whether there may be more. Of two workers, one does."""
    materialising = Campaign.objects.filter(pk=campaign_id, state=Campaign.State.MATERIALISING)
    campaign = materialising.select_for_update(skip_locked=True, no_key=True).first()
    if campaign is None:
        return False
    source, _colon, after = campaign.cursor.partition(":")
    if source == SUBSCRIBERS:
        readers, reached = _subscribers(campaign, after)
        next_source = END
    else:
        readers, reached = _members(campaign, after, now)
        asks_subscribers = campaign.topic and not filters_of(campaign).ask_for_a_company
        next_source = SUBSCRIBERS if asks_subscribers else END
    _write(campaign, _who_agree(campaign, readers, now), now=now)
    campaign.cursor = f"{source or MEMBERS}:{reached}" if reached else f"{next_source}:"
    if campaign.cursor == f"{END}:":
        campaign.state = Campaign.State.SENDING
    campaign.save(update_fields=["cursor", "state"])
    return campaign.state == Campaign.State.MATERIALISING


def _members(campaign: Campaign, after: str, now: datetime) -> tuple[list[Reader], str]:
    """The next members, with the keys of their consents, and the last one's number; "" after the last."""
    found = audience().members(filters_of(campaign), now).filter(pk__gt=int(after or 0)).order_by("pk")
    members = list(found[:BATCH])
    links = ConsentLink.objects.filter(member__in=[one.pk for one in members]) if campaign.topic else []
    keys = {link.member_id: link.key for link in links}
    readers = [Reader(one.email, one.language, one.name, keys.get(one.pk)) for one in members]
    return readers, str(members[-1].pk) if members else ""


def _subscribers(campaign: Campaign, after: str) -> tuple[list[Reader], str]:
    """The next people without an account, and the key of the last one; of all filters they have only a language."""
    found = filters_of(campaign).of_language(Subscriber.objects.order_by("pk"))
    if after:
        found = found.filter(pk__gt=UUID(after))
    subscribers = list(found[:BATCH])
    readers = [Reader(one.email, one.language, "", one.key) for one in subscribers]
    return readers, str(subscribers[-1].pk) if subscribers else ""


def _who_agree(campaign: Campaign, readers: Sequence[Reader], now: datetime) -> list[Reader]:
    """Marketing goes to those who say yes to its topic; an announcement to everybody."""
    if not campaign.topic:
        return list(readers)
    keys = {reader.key for reader in readers if reader.key}
    agree = who_says_yes(subjects=keys, purpose=campaign.topic, channel=Channel.EMAIL, at=now)
    return [reader for reader in readers if reader.key in agree]


def _write(campaign: Campaign, readers: Iterable[Reader], *, now: datetime) -> None:
    """A row each; who has one already keeps it. Suppressed addresses get a row that says so."""
    rows = [_row(campaign, reader, now) for reader in readers]
    if not rows:
        return
    not_these = unwanted(rows, topic=campaign.topic)
    for row in rows:
        if row.pk in not_these:
            row.state, row.ended_at, row.error, row.name = Delivery.State.SUPPRESSED, now, UNWANTED, ""
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _row(campaign: Campaign, reader: Reader, now: datetime) -> Delivery:
    _key_id, digest = digest_now(Suppression.Kind.EMAIL, reader.email)
    return Delivery(
        campaign=campaign,
        kind=campaign.kind,
        template=campaign.kind,
        to=reader.email,
        digest=digest,
        domain=domain_of(reader.email),
        language=reader.language,
        name=reader.name[:150],
        reader=reader.key if campaign.topic else None,
        queued_at=now,
        not_before=now,
    )
