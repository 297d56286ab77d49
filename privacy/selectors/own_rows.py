"""The rows about one person in one table, as that person may read them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from privacy import datamap
from privacy.datamap import About, Person, Table, Use, Words
from privacy.selectors.centre import distinct

PAGE = 50
WIDEST = 5  # columns that stand beside each other
EMPTY = "–"
Field = Any  # a column of a model


class NoSuchPage(Exception):
    """The table has no such part, or a page cannot begin there."""


@dataclass(frozen=True, slots=True)
class OwnRows:
    """One page of rows, and what the data map says about them."""

    what: Words
    why: Sequence[Words]
    keep: Sequence[Words]
    also: Sequence[tuple[Words, Words, Words]]  # what else it may be used for, on which basis, for how long
    erase: Sequence[Words]  # what becomes of it when the person leaves
    source: Words
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    withheld: Sequence[tuple[Words, Words]]  # columns that are not shown, and why
    after: str  # where the next page begins; "" on the last one

    @property
    def is_wide(self) -> bool:
        """Whether a table would be too wide to read."""
        return len(self.headings) > WIDEST

    def downwards(self) -> list[list[tuple[str, str]]]:
        """Each row as names and values, without those that are empty."""
        return [[pair for pair in zip(self.headings, row, strict=True) if pair[1] != EMPTY] for row in self.rows]


def own_rows(*, table: Table, part: int, person: Person, after: str) -> OwnRows:
    """The rows in which the person stands in that way, oldest first. One query. Raises NoSuchPage."""
    abouts = table.abouts()
    if part >= len(abouts):
        raise NoSuchPage
    about = abouts[part]
    columns = table.columns_about(about)
    fields = list(_shown(table, about))
    hides_key = any(column.withheld and column.field.primary_key for column in columns)  # it is no mark for a page
    if after and hides_key:  # a page that begins at a guess would tell whether the key is greater
        raise NoSuchPage
    found = _page(table, about, person, fields, after=after)
    return OwnRows(
        what=table.what,
        why=distinct([column.why.name for column in columns]),
        keep=distinct([column.keep.words for column in columns]),
        also=list(dict.fromkeys(_in_words(use) for column in columns for use in column.also)),
        erase=distinct([column.erase.words for column in columns]),
        source=table.source,
        headings=[str(table.words_of(field)) for field in fields],
        rows=[[_said(row, field, person) for field in fields] for row in found[:PAGE]],
        withheld=[(column.words, column.withheld) for column in columns if column.withheld],
        after=str(found[PAGE - 1].pk) if len(found) > PAGE and not hides_key else "",
    )


def _in_words(use: Use) -> tuple[str, str, str]:
    return str(use.why.name), str(use.why.basis.label), str(use.keep.words)


def _page(table: Table, about: About, person: Person, fields: Sequence[Field], *, after: str) -> list[Any]:
    """One row more than a page shows; columns that are not shown are not even read."""
    rows = table.rows_about(about, person)
    if after:
        try:
            rows = rows.filter(pk__gt=table.model._meta.pk.to_python(after))
        except (ValidationError, ValueError) as error:
            raise NoSuchPage from error
    named = [(field.name, f"{field.name}__{_named_by(field)}") for field in fields if _named_by(field)]
    rows = rows.select_related(*(name for name, _path in named))
    return list(rows.only(*(field.name for field in fields), *(path for _name, path in named))[: PAGE + 1])


def _shown(table: Table, about: About) -> Iterator[Field]:
    """What is held about this person and not withheld, then what places a row: times, states, companies; no ids."""
    yield from (column.field for column in table.columns_about(about) if not column.withheld)
    neutral = (table.model._meta.get_field(name) for name in table.neutral)
    yield from (field for field in neutral if not _is_id(field))


def _is_id(field: Field) -> bool:
    if field.is_relation:
        return not _named_by(field)
    of_numbers = isinstance(field, ArrayField) and isinstance(field.base_field, models.IntegerField)
    return field.unique or of_numbers or isinstance(field, models.UUIDField) or field.name.endswith("_id")


def _named_by(field: Field) -> str:
    """The column that names the row at the other end in other people’s data."""
    table = datamap.tables().get(field.related_model) if field.is_relation else None
    return table.named_by if table else ""


def _said(row: Any, field: Field, person: Person) -> str:
    """A value in words. No other person is named: a column points at the reader, at a company, or at a number."""
    value = getattr(row, field.attname)
    if value in (None, "", [], {}):
        return EMPTY
    if field.is_relation:
        return _pointed_at(row, field, value, person)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return next((words(value) for kind, words in WORDS if isinstance(value, kind)), str(value))


def _pointed_at(row: Any, field: Field, value: Any, person: Person) -> str:
    if field.related_model._meta.label == settings.AUTH_USER_MODEL:
        return _("you") if value == person.member_id else EMPTY
    if name := _named_by(field):
        return str(getattr(getattr(row, field.name), name))
    return f"{field.related_model._meta.verbose_name} {value}"


WORDS: Sequence[tuple[type, Callable[[Any], str]]] = (
    (bool, lambda value: _("yes") if value else _("no")),
    (datetime, lambda value: date_format(timezone.localtime(value), "DATETIME_FORMAT")),
    (date, lambda value: date_format(value, "DATE_FORMAT")),
    (list, lambda value: ", ".join(map(str, value))),
)
