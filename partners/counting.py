"""Counting calls without a write to the database: a number for each key, minute and kind of answer, in the cache.

Beat adds them up (`partners.services.usage`). A Redis that forgets takes the last minutes along, and what is counted
while it is away stays in the memory of one process; that is what a page of figures can bear, and no call can.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core.cache import cache

from partners.cursors import Place

OUTCOMES = ("answered", "client_errors", "server_errors", "refused")
MINUTE = 60  # seconds
KEPT = 3600  # seconds, until it is added up


@dataclass(frozen=True, slots=True)
class Counter:
    """How often a key got such an answer within a minute."""

    key: int
    minute: int  # since 1970
    outcome: str

    @property
    def name(self) -> str:
        """In the cache."""
        return f"api-usage:{self.key}:{self.minute}:{self.outcome}"

    @property
    def at(self) -> datetime:
        """When the minute began."""
        return datetime.fromtimestamp(self.minute * MINUTE, UTC)


def count_call(*, key: int, status: int, at: datetime) -> None:
    """Count an answer."""
    name = Counter(key, minute_of(at), _outcome(status)).name
    if cache.add(name, 1, KEPT):
        cache.set(f"api-called:{key}", 1, KEPT)
        return
    try:
        cache.incr(name)
    except ValueError:  # the cache forgot it in between
        cache.add(name, 1, KEPT)


def note_reading(*, key: int, place: Place, at: datetime) -> None:
    """Remember where the page of the feed ended that a key was given."""
    cache.set(f"api-reading:{key}", (place.epoch.hex, place.position, at.isoformat()), KEPT)


def those_that_called(keys: Iterable[int]) -> list[int]:
    """Of these keys, those by which somebody called within the hour, also if every call was refused."""
    by_name = {f"api-called:{key}": key for key in keys}
    return [by_name[name] for name in cache.get_many(by_name)]


def take_counts(counters: Iterable[Counter]) -> Mapping[Counter, int]:
    """What was counted, which is forgotten here: whoever takes it writes it down."""
    by_name = {one.name: one for one in counters}
    found = cache.get_many(by_name)
    cache.delete_many(found)
    return {by_name[name]: int(count) for name, count in found.items()}


def readings(keys: Iterable[int]) -> Mapping[int, tuple[Place, datetime]]:
    """Where the last pages of these keys ended, and when they were given."""
    by_name = {f"api-reading:{key}": key for key in keys}
    return {
        by_name[name]: (Place(UUID(epoch), position), datetime.fromisoformat(at))
        for name, (epoch, position, at) in cache.get_many(by_name).items()
    }


def minute_of(at: datetime) -> int:
    """Its number since 1970."""
    return int(at.timestamp()) // MINUTE


def _outcome(status: int) -> str:
    if status == 429:
        return "refused"
    if status >= 500:
        return "server_errors"
    return "client_errors" if status >= 400 else "answered"
