"""What the data map finds about a person: part by part, in batches, with the columns about that person alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.text import slugify

from privacy import datamap
from privacy.datamap import About, Column, Person, Table

BATCH = 1_000  # rows in memory at once


@dataclass(frozen=True)
class Part:
    """One way in which the rows of one table are about the person, or go along with rows that are."""

    table: Table
    about: About
    whole: Table | None = None  # whose rows are about the person, where the table's own only hang on them

    @property
    def name(self) -> str:
        """In file names: “offerboard-message”, “accounts-invitation-invited-by”."""
        first = self.about.key == (self.whole or self.table).abouts()[0].key
        return slugify(self.table.label.replace(".", "-") + ("" if first else f"-{self.about.key.replace('_', '-')}"))

    @cached_property
    def columns(self) -> list[Column]:
        """What is held about the person, withheld or not."""
        return self.table.columns_about(self.about)

    @property
    def speaking(self) -> list[Column]:
        """The columns that say why a row is here and for how long: the part's own, or those that it goes along with."""
        return self.whole.columns_about(self.about) if self.whole else self.columns

    @cached_property
    def given(self) -> "list[models.Field[Any, Any]]":
        """The columns of the copy, in the table's order: what is held and not withheld, and the neutral ones."""
        names = {column.name for column in self.columns if not column.withheld}
        names |= set(self.table.neutral) if self.table.context else set()
        return [field for field in self.table.model._meta.local_concrete_fields if field.name in names]

    @cached_property
    def choices(self) -> dict[str, dict[Any, str]]:
        """What stored values mean, in the reader's language; asked once, as Django would look it up for each row."""
        chosen = [
            field for field in self.given if field.choices and hasattr(self.table.model, f"get_{field.name}_display")
        ]
        return {field.name: {value: str(words) for value, words in field.flatchoices} for field in chosen}

    @cached_property
    def named(self) -> dict[str, str]:
        """Columns that point to something with a public name, and the column of that name."""
        known: Mapping[Any, Table] = datamap.tables()
        pointing = {field.name: known[field.related_model] for field in self.given if field.related_model}
        return {name: table.named_by for name, table in pointing.items() if table.named_by}

    def rows(self, person: Person) -> "models.QuerySet[Any]":
        """In the order in which they were written."""
        if self.whole is None:
            return self.table.rows_about(self.about, person)
        hung_on = {f"{self.table.part_of}__in": self.whole.rows_about(self.about, person)}
        return self.table.model._default_manager.filter(**hung_on).order_by("pk")

    def count(self, person: Person) -> int:
        """How many rows there are."""
        return self.rows(person).count()

    def batches(self, person: Person) -> Iterator[Sequence[models.Model]]:
        """All rows, so many at a time.

        Each batch is a query of its own: a snapshot of minutes would keep PostgreSQL from tidying up behind everybody.
        """
        secrets = [column.name for column in self.columns if column.withheld and not column.field.primary_key]
        rows = self.rows(person).select_related(*self.named).defer(*secrets)
        last: Any = None
        while batch := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
            yield batch
            last = batch[-1].pk


def parts() -> Iterator[Part]:
    """Everything that can be about somebody, then what goes along with it."""
    yield from (Part(table, about) for table in datamap.tables_about_people() for about in table.abouts())
    for table in datamap.parts_of_rows():
        if whole := table.whole(datamap.tables()):
            yield Part(table, whole.abouts()[0], whole)
