"""The data map: what each column of each table knows about people, why, for how long, and what leaving does to it.

Every app says it once, in its `personal_data.py`. The policy page, the record of processing, a person's export, the
plan of an erasure and the check that no column was forgotten are all read from here, so they cannot drift apart.

    declare(
        Message,
        what=_("Messages that you wrote"),
        about=member("author"),
        why=CONTACTING,
        keep=days_after(730, "sent_at", _("2 years after it was sent")),
        held="text",
        author=Held(erase=UNLINK),
        neutral="id inquiry company submission sent_at",
    )
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Lower, Substr
from django.utils.translation import gettext_lazy as _

Words = Any  # text that is translated when it is shown


class Basis(models.TextChoices):
    """Why the law allows it: GDPR art. 6(1)."""

    CONSENT = "a", _("your consent")
    CONTRACT = "b", _("our agreement with you")
    LAW = "c", _("a legal duty")
    INTERESTS = "f", _("legitimate interests")


class ReceiverKind(models.TextChoices):
    """Who may get personal data; nobody else does."""

    PUBLIC = "public", _("Everybody: it is on public pages")
    TEAM = "team", _("Your own company’s team")
    COUNTERPARTY = "counterparty", _("The company you write to or deal with")
    STAFF = "staff", _("Our staff, as far as their work needs it")
    HOSTING = "hosting", _("The company that runs our servers")
    MAIL = "mail", _("The company that carries our mail")
    PARTNER = "partner", _("Partner sites")
    CONNECTED = "connected", _("A service that you connected")
    AUTHORITY = "authority", _("Courts and authorities")
    ADVISER = "adviser", _("Our professional advisers")
    INSURER = "insurer", _("Our insurers")


PROCESSORS = (ReceiverKind.HOSTING, ReceiverKind.MAIL)  # they act on our instructions only: GDPR art. 28


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing that personal data is used for. A purpose that rests on interests names them: GDPR art. 13(1)(d)."""

    key: str
    name: Words  # a phrase: “Letting a buyer and a seller reach each other”
    basis: Basis
    receivers: tuple[ReceiverKind, ...] = (ReceiverKind.STAFF,)
    interest: Words = ""

    def __post_init__(self) -> None:
        if (self.basis == Basis.INTERESTS) != bool(self.interest):
            message = f"{self.key}: an interest is named where the basis is one, and only there"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long rows stay: for some days after the time in a column, or without a number until something happens.

    `over` finds the rows whose time is over where no single column tells.
    """

    words: Words
    days: int | None = None
    after: str = ""  # a column or a path to one; rows in which it is empty are kept
    over: Callable[[datetime], Q] | None = None

    def rows_over(self, *, at: datetime) -> Q | None:
        """The rows whose time is over; None where no time ends it."""
        if self.over is not None:
            return self.over(at)
        return None if self.days is None else Q(**{f"{self.after}__lt": at - timedelta(days=self.days)})


def while_member() -> Keep:
    """Until the person leaves."""
    return Keep(_("while you are a member"))


def as_long_as(words: Words) -> Keep:
    """As long as something else, which the words name: the row goes with it."""
    return Keep(words)


def days_after(days: int, column: str, words: Words) -> Keep:
    """Some days after the time in a column."""
    return Keep(words, days, column)


class Fate(StrEnum):
    """What is done to a column when its person is erased."""

    DELETE = "delete"  # with its whole row
    BLANK = "blank"
    UNLINK = "unlink"
    REPLACE = "replace"
    KEEP = "keep"
    APP = "app"  # by an eraser of the app: privacy.departures


@dataclass(frozen=True, slots=True)
class Erase:
    """What becomes of a column when its person is erased."""

    action: Fate
    words: Words  # as the person is told before
    text: Words = ""  # for `replaced_by`


DELETE = Erase(Fate.DELETE, _("deleted"))  # the whole row
BLANK = Erase(Fate.BLANK, _("emptied"))
UNLINK = Erase(Fate.UNLINK, _("no longer linked to you"))


def replaced_by(text: Words) -> Erase:
    """The row stays, since it is somebody else's too; a text stands in the place of what was there."""
    return Erase(Fate.REPLACE, _("replaced by a note that it was removed"), text)


def kept(reason: Words) -> Erase:
    """It outlives the account until its time is over; the reason is told to the person."""
    return Erase(Fate.KEEP, reason)


def by_app(words: Words) -> Erase:
    """The app does it in its own way, as what becomes of a row depends on more than the row."""
    return Erase(Fate.APP, words)


# --- whose data a row holds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose data is looked for: a member, or the holder of mailboxes, or both."""

    member_id: int | None
    addresses: frozenset[str] = frozenset()  # confirmed ones, in lower case


Rows = Any  # a query of one table
Back = Callable[[Rows], Rows]  # from rows to one column: the numbers of members, or addresses


@dataclass(frozen=True, slots=True)
class About:
    """Finds the rows about a person, no row twice. `key` tells two persons of one row apart.

    `members` and `mailboxes` lead back from many rows at once to the people they are about, by number and by address in
    lower case: whom a breach concerns.
    """

    key: str
    rows: Callable[[Person], Q]
    members: tuple[Back, ...] = ()
    mailboxes: tuple[Back, ...] = ()


NOBODY = Q(pk__in=[])


def member(path: str, **only: Any) -> About:
    """Rows whose column, or a path to one, names the member; `only` are further conditions on the same path."""

    def rows(person: Person) -> Q:
        return NOBODY if person.member_id is None else Q(**{path: person.member_id}, **only)

    def back(found: Rows) -> Rows:
        return found.filter(**{f"{path}__isnull": False}, **only).values(path)

    return About(path, rows, members=(back,))


def mailbox(column: str) -> About:
    """Rows whose column, or a path to one, holds an address that the person has confirmed."""

    def rows(person: Person) -> Q:
        found = NOBODY
        for address in sorted(person.addresses):
            found |= Q(**{f"{column}__iexact": address})
        return found

    def back(found: Rows) -> Rows:
        written = found.exclude(**{column: ""}).filter(**{f"{column}__isnull": False})
        return written.annotate(mailbox_found=Lower(column)).values("mailbox_found")

    return About(column, rows, mailboxes=(back,))


def either(*abouts: About) -> About:
    """Rows that are about the person in one way or another; the first names them."""

    def rows(person: Person) -> Q:
        found = NOBODY
        for about in abouts:
            found |= about.rows(person)
        return found

    return About(
        abouts[0].key,
        rows,
        members=tuple(back for about in abouts for back in about.members),
        mailboxes=tuple(back for about in abouts for back in about.mailboxes),
    )


def found_by(key: str, rows: Callable[[int], Q], *, back: Back) -> About:
    """Rows that no single column names: what an application says about a member, by number, in its own way."""
    return About(key, lambda person: NOBODY if person.member_id is None else rows(person.member_id), members=(back,))


def number_in(column: str, *, prefix: str = "") -> Back:
    """For `found_by`: the numbers of members that stand in a text column, after a prefix."""

    def back(found: Rows) -> Rows:
        numbered = found.filter(**{f"{column}__regex": f"^{prefix}[0-9]{{1,18}}$"})
        digits = Substr(column, len(prefix) + 1)
        return numbered.annotate(member_number=Cast(digits, models.BigIntegerField())).values("member_number")

    return back


# --- what is declared ---------------------------------------------------------------------------------------------


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

    @property
    def name(self) -> str:
        """As the model calls it."""
        return self.field.name

    @property
    def words(self) -> Words:
        """As people call it."""
        return self.field.verbose_name


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
    **exceptions: Held,
) -> None:
    """Give a verdict on each column of a table, by names parted by blanks; `exceptions` are held too.

    Raises WrongDeclaration. That every column has a verdict is asked by `privacy.checks`.
    """
    if model in _tables:
        raise WrongDeclaration(f"{model._meta.label} is declared twice")
    common = Held(about=about, why=why, keep=keep, erase=erase)
    wanted = {**dict.fromkeys(held.split(), common), **exceptions}
    columns = tuple(_column(model, name, own, common) for name, own in wanted.items())
    if columns and not what:
        raise WrongDeclaration(f"{model._meta.label} holds personal data; say what in words")
    verdicts = [*held.split(), *exceptions, *derived.split(), *neutral.split()]
    if twice := sorted({name for name in verdicts if verdicts.count(name) > 1}):
        raise WrongDeclaration(f"{model._meta.label} has two verdicts on {', '.join(twice)}")
    for key in {column.about.key for column in columns}:
        fates = {column.erase.action for column in columns if column.about.key == key}
        if {Fate.DELETE, Fate.APP} & fates and len(fates) > 1:
            raise WrongDeclaration(f"{model._meta.label}: a row about {key} has one fate as a whole, or none")
    _tables[model] = Table(
        model, what, named_by, source, columns, tuple(derived.split()), tuple(neutral.split()), context
    )


def _column(model: type[models.Model], name: str, own: Held, common: Held) -> Column:
    said = {key: getattr(own, key) or getattr(common, key) for key in ("about", "why", "keep", "erase")}
    if missing := [key for key, value in said.items() if value is None]:
        raise WrongDeclaration(f"{model._meta.label}.{name} does not say {', '.join(missing)}")
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise WrongDeclaration(f"{model._meta.label} has no column {name}") from error
    return Column(field=field, withheld=own.withheld, **said)  # type: ignore[arg-type]


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


def columns() -> Mapping[str, Column]:
    """Every column that holds personal data, called as in “accounts.Member.phone”."""
    return {f"{table.label}.{column.name}": column for table in tables_about_people() for column in table.columns}


def places() -> Mapping[str, Place]:
    """Every declared place outside of the tables."""
    return _places


def purposes() -> Mapping[str, Purpose]:
    """Everything personal data is used for, by key. Raises WrongDeclaration where two share one key."""
    found: dict[str, Purpose] = {}
    used = [column.why for table in tables_about_people() for column in table.columns]
    for purpose in [*used, *(place.why for place in _places.values())]:
        if found.setdefault(purpose.key, purpose) is not purpose:
            raise WrongDeclaration(f"two purposes are called {purpose.key}")
    return dict(sorted(found.items()))
