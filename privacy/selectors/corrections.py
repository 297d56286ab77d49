"""What the pages about corrections show: the map as choices, and what one has asked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from privacy import datamap
from privacy.models import SubjectRequest
from privacy.selectors.centre import count_rows
from privacy.selectors.people import person_of

SHOWN = 20  # requests

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """Earlier wishes with their answers and who was told, and whether one is open."""

    requests: Sequence[SubjectRequest]

    @property
    def open(self) -> SubjectRequest | None:
        """The one that waits for an answer."""
        return next((one for one in self.requests if one.state == SubjectRequest.State.RECEIVED), None)


def correction_page(*, member: Any) -> CorrectionPage:
    """Three queries."""
    asked = SubjectRequest.objects.filter(member=member, kind=SubjectRequest.Kind.CORRECTION)
    shown = asked.select_related("correction").prefetch_related("receipts").order_by("-received_at")
    return CorrectionPage(list(shown[:SHOWN]))


def choices_of_data() -> list[Choice]:
    """What the map holds about people, in words; not what nobody can read anyway, such as passwords alone."""
    readable = [
        table for table in datamap.tables_about_people() if any(not column.withheld for column in table.columns)
    ]
    return sorted(((table.label, capfirst(str(table.what))) for table in readable), key=lambda choice: choice[1])


def own_choices(*, member: Any) -> list[Choice]:
    """Of these, what there is about the member. Two queries."""
    ways = [(table, about) for table in datamap.tables_about_people() for about in table.abouts()]
    counts = zip(ways, count_rows(ways, person_of(member)), strict=True)
    there = {table.label for (table, _about), count in counts if count}
    return [choice for choice in choices_of_data() if choice[0] in there]


def choices_of_columns(*, table: str) -> list[tuple[str, list[Choice]]]:
    """The columns of one table in words, by name; of all tables where none is named."""
    return [
        (
            capfirst(str(one.what)),
            [(f"{one.label}.{column.name}", capfirst(str(column.words))) for column in one.columns],
        )
        for one in datamap.tables_about_people()
        if table in {"", one.label}
    ]


def what_of(table: str) -> datamap.Words:
    """A table in words, of the language they are read in; as it is called where the map has forgotten it."""
    known = {one.label: one.what for one in datamap.tables_about_people()}
    return capfirst(known.get(table, table))  # lazy where its words are


def words_of(columns: Sequence[str]) -> str:
    """Columns in words; as they are called where the map has forgotten them."""
    known = datamap.columns()
    return ", ".join(dict.fromkeys(str(known[name].words) if name in known else name for name in columns))
