"""A page of the change feed."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from partners.cursors import Place, read_place, write_place
from partners.models import Change, Feed, Partner
from partners.selectors.removals import removals_of
from partners.sources import sources

Clock = Callable[[], datetime]


class CursorGone(Exception):
    """What has gone since that place is not known any more, or was not told on the way there: export again."""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes in their order, each as JSON text."""

    changes: list[str]
    next_cursor: str
    has_more: bool


def place_now(kinds: Collection[str] | None = None) -> str:
    """A cursor behind everything that is numbered, for who may read these kinds; None is for all of them.

    What is read of the market after this call is at least as new.
    """
    feed = Feed.objects.get(pk=1)
    return write_place(Place(feed.epoch, feed.last, frozenset() if kinds is None else untold(kinds)))


def untold(kinds: Collection[str]) -> frozenset[str]:
    """The kinds that nobody hears of who is told of these."""
    return frozenset(sources()).difference(kinds)


def changes_page(
    *, after: str, kinds: Collection[str], most: int, partner: Partner | None, clock: Clock = timezone.now
) -> ChangesPage:
    """What has changed since the cursor, of these kinds, as it looks now. Raises NotOurCursor, CursorGone.

    The next cursor remembers which kinds were left out: whoever asks for one of them from there on has missed what
    happened to it, be it that a scope was away for an hour, and hears so. To ask for fewer is always possible.

    A partner is told which removals it has to confirm. Five queries at most, and one more for each kind. The feed is
    asked before its rows, so that the next cursor never lies behind something that was not looked at; and once more
    after them, as is the clock: what was forgotten meanwhile is missing among them, and what was posted since an
    earlier moment would be told as gone, and passed over.
    """
    place, feed = read_place(after), Feed.objects.get(pk=1)
    if place.epoch != feed.epoch or not feed.forgotten <= place.position <= feed.last or place.untold & set(kinds):
        raise CursorGone
    rows = list(
        Change.objects.filter(kind__in=kinds, position__gt=place.position, position__lte=feed.last).order_by(
            "position"
        )[: most + 1]
    )
    if not Feed.objects.filter(pk=1, epoch=place.epoch, forgotten__lte=place.position).exists():
        raise CursorGone
    has_more, rows = len(rows) > most, rows[:most]
    reached = Place(feed.epoch, rows[-1].position if has_more else feed.last, untold(kinds))
    return ChangesPage(_written(rows, partner=partner, now=clock()), write_place(reached), has_more)


def changes_between(
    *, after: int, up_to: int, kinds: Collection[str], partner: Partner | None, clock: Clock = timezone.now
) -> list[str]:
    """What lies behind one position, up to another, of these kinds, as it looks once they are read."""
    rows = list(Change.objects.filter(kind__in=kinds, position__gt=after, position__lte=up_to).order_by("position"))
    return _written(rows, partner=partner, now=clock())


def _written(rows: Collection[Change], *, partner: Partner | None, now: datetime) -> list[str]:
    keys: Mapping[str, list[str]] = defaultdict(list)
    for row in rows:
        keys[row.kind].append(row.key)
    things = {kind: sources()[kind].of_keys(wanted, now=now) for kind, wanted in keys.items()}
    owed = removals_of(partner, {row.removal for row in rows if row.removal})
    return [
        _as_json(row, things[row.kind].get(row.key), owed.get(row.removal) if row.removal else None) for row in rows
    ]


def _as_json(row: Change, thing: str | None, owed: Mapping[str, Any] | None) -> str:
    """The row, with the thing as the database wrote it, or why it is gone."""
    about = {
        "action": "remove" if thing is None else "upsert",
        "kind": row.kind,
        "id": row.key,
        "at": row.at.isoformat(),
    }
    if thing is not None:
        return f'{json.dumps(about)[:-1]}, "object": {thing}}}'
    why = {"reason": "privacy" if row.removal else "gone"}
    return json.dumps({**about, **why, **({"removal": owed} if owed else {})})
