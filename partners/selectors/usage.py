"""What the page about the use of a key shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partners.models import ApiKey, Change, Feed, FeedReading, KeyUsage
from partners.selectors.webhooks import readable_kinds

DAYS = 30
MOST = 10_000  # changes that are counted


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """The calls of a day, or of several."""

    day: date
    answered: int = 0
    client_errors: int = 0
    server_errors: int = 0
    refused: int = 0

    @property
    def calls(self) -> int:
        """All of them."""
        return self.answered + self.client_errors + self.server_errors + self.refused


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a key has read the feed."""

    read_at: datetime
    behind: int  # changes of kinds that the key may read which it was not given; MOST + 1 for more
    oldest_at: datetime | None  # when the first of them was numbered
    has_ended: bool  # the feed does not know its place any more: it has to export again

    @property
    def is_long(self) -> bool:
        """Whether there are more than are counted."""
        return self.behind > MOST


@dataclass(frozen=True, slots=True)
class UsagePage:
    """The last 30 days of a key, today first."""

    days: Sequence[DayOfUse]
    total: DayOfUse
    reading: Reading | None


def usage_page(key: ApiKey, *, now: datetime) -> UsagePage:
    """Five queries at most."""
    today = now.date()
    first = today - timedelta(days=DAYS - 1)
    known = {row.day: _day(row) for row in KeyUsage.objects.filter(key=key, day__gte=first)}
    days = [known.get(day, DayOfUse(day)) for day in (today - timedelta(days=back) for back in range(DAYS))]
    return UsagePage(days=days, total=_sum(first, days), reading=_reading(key))


def _day(row: KeyUsage) -> DayOfUse:
    return DayOfUse(row.day, row.answered, row.client_errors, row.server_errors, row.refused)


def _sum(first: date, days: Sequence[DayOfUse]) -> DayOfUse:
    return DayOfUse(
        first,
        sum(one.answered for one in days),
        sum(one.client_errors for one in days),
        sum(one.server_errors for one in days),
        sum(one.refused for one in days),
    )


def _reading(key: ApiKey) -> Reading | None:
    found = FeedReading.objects.filter(key=key).first()
    if found is None:
        return None
    feed = Feed.objects.get(pk=1)
    if found.epoch != feed.epoch or found.position < feed.forgotten:
        return Reading(found.read_at, 0, None, has_ended=True)
    scopes = key.scopes if key.partner is None else set(key.scopes).intersection(key.partner.scopes)
    ahead = Change.objects.filter(kind__in=readable_kinds(scopes), position__gt=found.position)
    oldest = ahead.order_by("position").values_list("at", flat=True).first()
    behind = ahead.order_by("position")[: MOST + 1].count() if oldest else 0
    return Reading(found.read_at, behind, oldest, has_ended=False)
