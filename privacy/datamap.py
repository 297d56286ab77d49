"""The data map: what each column of each table knows about people, why, for how long, and what leaving does to it.

Every app says it once, in its `personal_data.py`. The policy page, the record of processing, a person's export, the
plan of an erasure and the check that no column was forgotten are all read from here, so they cannot drift apart.
docs/data-map.md shows how.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from privacy.verdicts import (
    BLANK,
    DELETE,
    NAMED,
    NOBODY,
    PROCESSORS,
    UNLINK,
    About,
    Basis,
    Erase,
    Fate,
    Keep,
    Person,
    Purpose,
    ReceiverKind,
    Words,
    as_long_as,
    by_app,
    days_after,
    either,
    found_by,
    kept,
    mailbox,
    member,
    number_in,
    replaced_by,
    while_member,
)

__all__ = [
    "BLANK",
    "DELETE",
    "NAMED",
    "NOBODY",
    "PROCESSORS",
    "UNLINK",
    "About",
    "Basis",
    "Column",
    "Erase",
    "Fate",
    "Held",
    "Keep",
    "Person",
    "Place",
    "Purpose",
    "ReceiverKind",
    "Table",
    "Use",
    "Words",
    "WrongDeclaration",
    "as_long_as",
    "by_app",
    "columns",
    "days_after",
    "declare",
    "declare_place",
    "either",
    "found_by",
    "kept",
    "mailbox",
    "member",
    "number_in",
    "places",
    "purposes",
    "replaced_by",
    "tables",
    "tables_about_people",
    "while_member",
]


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One thing that a column is used for, and for how long it may be."""

    why: Purpose
    keep: Keep


@dataclass(frozen=True, slots=True)
class Held:
    """What differs, for one column, from what its table says.

    `withheld` says why a copy of the data leaves it out, such as a password's hash; everything else is exported.
    """

    about: About | None = None
    why: Purpose | None = None
    keep: Keep | None = None
    erase: Erase | None = None
    withheld: Words = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column that holds personal data, with all that is said about it."""

    field: "models.Field[Any, Any]"
    about: About
    why: Purpose
    keep: Keep
    erase: Erase
    withheld: Words
    words: Words  # as people call it
    also: tuple[Use, ...]

    @property
    def name(self) -> str:
        """As the model calls it."""
        return self.field.name

    @property
    def uses(self) -> tuple[Use, ...]:
        """All that it is used for, first what it is kept for."""
        return Use(self.why, self.keep), *self.also

    def serves(self, purpose: Purpose) -> bool:
        """Whether it is used for that."""
        return any(use.why is purpose for use in self.uses)


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the verdict on each of its columns."""

    model: type[models.Model]
    what: Words  # “Messages that you wrote”; "" where nobody is in it
    named_by: str  # the column by which other people's data may name a row, as a company is by its name
    source: Words  # whom it comes from where that is not the person: GDPR art. 14(2)(f)
    columns: tuple[Column, ...]  # that hold personal data
    derived: tuple[str, ...]  # that the database makes from the others, and that go with them
    neutral: tuple[str, ...]  # that say nothing about a person
    context: bool = True  # whether a person sees the neutral columns of a row; not where they tell a company's business
    words: Mapping[str, Words] = field(default_factory=dict)  # for columns that the model names for programmers
    part_of: str = ""  # the relation by which rows about nobody go along with rows about people

    def words_of(self, column: "models.Field[Any, Any]") -> Words:
        """How people call a column, also a neutral one."""
        return self.words.get(column.name, column.verbose_name)

    @property
    def label(self) -> str:
        """As Django calls the model: “offerboard.Message”."""
        return self.model._meta.label

    def abouts(self) -> list[About]:
        """Each way in which a row can be about somebody, the table's own first."""
        return list({column.about.key: column.about for column in self.columns}.values())

    def columns_about(self, about: About) -> list[Column]:
        """The columns that hold data of that person and of no other."""
        return [column for column in self.columns if column.about.key == about.key]

    def rows_about(self, about: About, person: Person) -> "models.QuerySet[Any]":
        """The rows in which the person stands in that way, in the order in which they were written."""
        return self.model._default_manager.filter(about.rows(person)).order_by("pk")

    def whole(self, among: "Mapping[type[models.Model], Table]") -> "Table | None":
        """The table that this one is a part of, if there is one."""
        found: Any = self.model._meta.get_field(self.part_of).related_model if self.part_of else None
        return among.get(found)


@dataclass(frozen=True, slots=True)
class Place:
    """Something outside of the tables that holds personal data: logs, caches, browsers, copies for emergencies."""

    key: str
    what: Words
    why: Purpose
    keep: Keep


_tables: dict[type[models.Model], Table] = {}
_places: dict[str, Place] = {}


class WrongDeclaration(Exception):
    """An entry of the map contradicts itself or the model; the message says where."""


def declare(  # noqa: PLR0913 - it reads as a sentence
    model: type[models.Model],
    /,
    *,
    neutral: str = "",
    derived: str = "",
    held: str = "",
    what: Words = "",
    named_by: str = "",
    about: About | None = None,
    why: Purpose | None = None,
    keep: Keep | None = None,
    erase: Erase = DELETE,
    source: Words = "",
    context: bool = True,
    words: Mapping[str, Words] | None = None,
    also: Mapping[Use, str] | None = None,
    part_of: str = "",
    **exceptions: Held,
) -> None:
    """Give a verdict on each column of a table, by names parted by blanks; `exceptions` are held too.

    `also` names columns that are used for a further purpose too, such as one that people can agree to; it keeps no row
    longer. `words` are what people call a column, where the model has a name for programmers, as those of libraries do.
    Raises WrongDeclaration. That every column has a verdict is asked by `privacy.checks`.
    """
    if model in _tables:
        raise WrongDeclaration(f"{model._meta.label} is declared twice")
    common = Held(about=about, why=why, keep=keep, erase=erase)
    wanted = {**dict.fromkeys(held.split(), common), **exceptions}
    known, further = words or {}, {use: names.split() for use, names in (also or {}).items()}
    columns = tuple(
        _column(model, name, own, common, known.get(name), [use for use, names in further.items() if name in names])
        for name, own in wanted.items()
    )
    made, rest = tuple(derived.split()), tuple(neutral.split())
    table = Table(model, what, named_by, source, columns, made, rest, context, known, part_of)
    verdicts = [*held.split(), *exceptions, *made, *rest]
    _refuse_contradictions(table, verdicts)
    if strange := sorted({name for names in further.values() for name in names} - set(wanted)):
        raise WrongDeclaration(f"{model._meta.label} uses what it does not hold: {', '.join(strange)}")
    _tables[model] = table


def _refuse_contradictions(table: Table, verdicts: Sequence[str]) -> None:
    model, columns, part_of = table.model, table.columns, table.part_of
    if (columns or part_of) and not table.what:
        raise WrongDeclaration(f"{model._meta.label} holds personal data or goes along with some; say what in words")
    if part_of and (columns or not _is_relation(model, part_of)):
        raise WrongDeclaration(
            f"{model._meta.label} is no part of {part_of}: it is about people itself, or not related"
        )
    if twice := sorted({name for name in verdicts if verdicts.count(name) > 1}):
        raise WrongDeclaration(f"{model._meta.label} has two verdicts on {', '.join(twice)}")
    if len({column.keep for column in columns if column.keep.has_time}) > 1:
        raise WrongDeclaration(f"{model._meta.label}: a row goes as a whole, so that it has one time")
    for key in {column.about.key for column in columns}:
        fates = {column.erase.action for column in columns if column.about.key == key}
        if {Fate.DELETE, Fate.APP} & fates and len(fates) > 1:
            raise WrongDeclaration(f"{model._meta.label}: a row about {key} has one fate as a whole, or none")
    if strange := sorted(set(table.words) - set(verdicts)):
        raise WrongDeclaration(f"{model._meta.label} has words and no verdict for {', '.join(strange)}")


def _is_relation(model: type[models.Model], name: str) -> bool:
    return any(field.name == name and field.many_to_one for field in model._meta.get_fields())


def _column(
    model: type[models.Model],
    name: str,
    own: Held,
    common: Held,
    words: Words | None,
    also: Sequence[Use],
) -> Column:
    said = {key: getattr(own, key) or getattr(common, key) for key in ("about", "why", "keep", "erase")}
    if missing := [key for key, value in said.items() if value is None]:
        raise WrongDeclaration(f"{model._meta.label}.{name} does not say {', '.join(missing)}")
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise WrongDeclaration(f"{model._meta.label} has no column {name}") from error
    named = words or field.verbose_name
    return Column(field=field, withheld=own.withheld, words=named, also=tuple(also), **said)


def declare_place(key: str, /, *, what: Words, why: Purpose, keep: Keep) -> None:
    """Say what a place outside of the tables holds. Raises WrongDeclaration."""
    if key in _places:
        raise WrongDeclaration(f"{key} is declared twice")
    _places[key] = Place(key, what, why, keep)


# --- what is read from it -----------------------------------------------------------------------------------------


def tables() -> Mapping[type[models.Model], Table]:
    """Every declared table, also those without people."""
    return _tables


def tables_about_people() -> Iterator[Table]:
    """Those that hold personal data, in the order of their names."""
    return iter(sorted((table for table in _tables.values() if table.columns), key=lambda table: table.label))


def parts_of_rows() -> Iterator[Table]:
    """Tables about nobody whose rows go along with rows about people, in the order of their names."""
    return iter(sorted((table for table in _tables.values() if table.part_of), key=lambda table: table.label))


def columns() -> Mapping[str, Column]:
    """Every column that holds personal data, called as in “accounts.Member.phone”."""
    return {f"{table.label}.{column.name}": column for table in tables_about_people() for column in table.columns}


def places() -> Mapping[str, Place]:
    """Every declared place outside of the tables."""
    return _places


def purposes() -> Mapping[str, Purpose]:
    """Everything personal data is used for, by key. Raises WrongDeclaration where two share one key."""
    found: dict[str, Purpose] = {}
    used = [use.why for table in tables_about_people() for column in table.columns for use in column.uses]
    for purpose in [*used, *(place.why for place in _places.values())]:
        if found.setdefault(purpose.key, purpose) is not purpose:
            raise WrongDeclaration(f"two purposes are called {purpose.key}")
    return dict(sorted(found.items()))
