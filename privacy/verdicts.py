"""What can be said of a column in the data map: why, for whom, how long, what becomes of it, and whose it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Lower, Substr
from django.utils.translation import gettext_lazy as _

from privacy.addresses import of_mailbox

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

# Each of these stands in the policy by its name. Of authorities, advisers and insurers the policy names the kind, and
# a service that a member connects is shown to that member, who agrees to it.
NAMED = (*PROCESSORS, ReceiverKind.PARTNER)


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

    @property
    def has_time(self) -> bool:
        """Whether the nightly sweep ends it."""
        return self.days is not None or self.over is not None

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


def mailbox(column: str, *, by_lower: bool = False, **only: Any) -> About:
    """Rows whose column, or a path to one, holds an address that the person has confirmed; `only` are conditions.

    `by_lower` where the column has an index on LOWER; without it one on UPPER serves.
    """

    def same(address: str) -> Q:
        return Q(of_mailbox(address, column)) if by_lower else Q(**{f"{column}__iexact": address})

    def rows(person: Person) -> Q:
        found = NOBODY
        for address in sorted(person.addresses):
            found |= same(address) & Q(**only)
        return found

    def back(found: Rows) -> Rows:
        written = found.exclude(**{column: ""}).filter(**{f"{column}__isnull": False}, **only)
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
