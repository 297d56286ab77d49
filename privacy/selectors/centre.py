"""What the privacy centre shows at a glance: what the data map finds about one person, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, Subquery
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst

from privacy import datamap
from privacy.datamap import About, Person, Table, Use, Words
from privacy.models import Disclosure
from privacy.selectors.people import person_of

MOST = 10_000  # rows of one kind that are counted; past it the count ends in “+”


class Counted(Subquery):
    """How many rows another query finds."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data about the person, in words."""

    title: str  # “61 messages”
    what: Words  # “Messages that you wrote”; "" where the title says it
    why: Sequence[Words]
    keep: Sequence[Words]
    url: str


@dataclass(frozen=True, slots=True)
class Glance:
    """All of it, by purpose."""

    kept: Sequence[Kept]
    received: int  # disclosures

    @property
    def received_words(self) -> str:
        """How many disclosures there are."""
        return count_words(self.received)


def slug_of(table: Table) -> str:
    """The table in an address: “offerboard-message”."""
    return table.label.lower().replace(".", "-")


def find_table(slug: str) -> Table:
    """The table that the slug names, among those that hold personal data. Raises LookupError."""
    found = next((table for table in datamap.tables_about_people() if slug_of(table) == slug), None)
    if found is None:
        raise LookupError(slug)
    return found


def glance(member: Any) -> Glance:
    """Count what is held about a member. Two queries; the second stops counting a kind past MOST."""
    ways = [(table, about) for table in datamap.tables_about_people() for about in table.abouts()]
    counts = count_rows(ways, person_of(member))
    found = [(*way, count) for way, count in zip(ways, counts, strict=True) if count]
    found.sort(key=lambda row: (row[0].model is not get_user_model(), row[0].columns_about(row[1])[0].why.key))
    received = next((count for table, about, count in found if (table.model, about.key) == (Disclosure, "member")), 0)
    return Glance([_kept(*row) for row in found], received)


def count_words(count: int) -> str:
    """As “1,204” or “10,000+”."""
    return number_format(min(count, MOST), force_grouping=True) + ("+" if count > MOST else "")


def distinct(words: Sequence[Words]) -> list[Words]:
    """Each once, in their order."""
    return list(dict.fromkeys(map(str, words)))


def count_rows(ways: Sequence[tuple[Table, About]], person: Person) -> Sequence[int]:
    """How many rows there are in each way, counted no further than past MOST. One query."""
    counts = [Counted(table.rows_about(about, person).order_by().values("pk")[: MOST + 1]) for table, about in ways]
    row: tuple[int, ...] = get_user_model()._default_manager.filter(pk=person.member_id or 0).values_list(*counts).get()
    return row


def _also(use: Use) -> str:
    """“Showing your contact on partner sites (your consent)”."""
    return f"{use.why.name} ({use.why.basis.label})"


def _kept(table: Table, about: About, count: int) -> Kept:
    columns, number = table.columns_about(about), table.abouts().index(about)
    further = [use for column in columns for use in column.also]
    meta = table.model._meta
    is_alone = table.model is get_user_model() or meta.auto_created
    noun = meta.verbose_name if count == 1 else meta.verbose_name_plural
    return Kept(
        title=capfirst(str(table.what)) if is_alone else f"{count_words(count)} {noun}",
        what="" if is_alone else table.what,
        why=distinct([column.why.name for column in columns]) + distinct([_also(use) for use in further]),
        keep=distinct([column.keep.words for column in columns]),
        url=reverse("privacy:data", args=[slug_of(table)]) + (f"?part={number}" if number else ""),
    )
