"""Who received somebody’s data: those who always work for us, and each disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from privacy import datamap
from privacy.datamap import Words
from privacy.models import Disclosure, Receiver
from privacy.selectors.centre import distinct
from privacy.selectors.contract_ends import end_in_words, with_ends

PAGE = 50
NEWEST = 4  # in the privacy centre


class NoSuchPage(Exception):
    """No page begins after this entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One disclosure in words."""

    at: datetime
    who: str
    country: str
    saw: str  # “Author, message”
    ground: str
    purpose: Words
    reason: str
    ended: str  # what became of it when the receiver’s contract ended; "" while there is nothing to say


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """A page of disclosures, the newest first, below the companies that always work for us."""

    standing: Sequence[Receiver]
    entries: Sequence[Entry]
    before: int | None  # where the next page begins


def newest(*, member: Any) -> list[Entry]:
    """For the privacy centre. One query."""
    return [_entry(row) for row in with_ends(Disclosure.objects.of(member.pk))[:NEWEST]]


def standing_receivers(*, at: datetime) -> list[Receiver]:
    """Companies that always work for us today. One query."""
    return list(Receiver.objects.processors().serving(on=at.date()).order_by("kind", "name"))


def received_page(*, member: Any, before: int | None, at: datetime) -> ReceivedPage:
    """The member's own disclosures after one of them. Three queries. Raises NoSuchPage."""
    rows = Disclosure.objects.of(member.pk)
    if before is not None:
        last = rows.filter(pk=before).first()
        if last is None:
            raise NoSuchPage
        rows = rows.before(last)
    found = list(with_ends(rows)[: PAGE + 1])
    return ReceivedPage(
        standing=standing_receivers(at=at),
        entries=[_entry(row) for row in found[:PAGE]],
        before=found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def _entry(row: Any) -> Entry:
    known, purpose = datamap.columns(), datamap.purposes().get(row.purpose)
    forgotten = [name for name in row.columns if name not in known]  # by a later map
    words = distinct([column.words for name, column in known.items() if name in row.columns] + forgotten)
    return Entry(
        at=row.at,
        who=row.receiver_name,
        country=row.receiver_country.name,
        saw=capfirst(", ".join(words)),
        ground=capfirst(row.get_ground_display()),
        purpose=purpose.name if purpose else row.purpose,
        reason=row.reason,
        ended=end_in_words(ended_on=row.ended_on, due_at=row.end_due_at, confirmed_at=row.end_confirmed_at),
    )
