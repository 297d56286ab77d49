"""What higher apps have to do with somebody who leaves; they register it here from their apps.py."""

from collections.abc import Callable, Collection, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from privacy.models import Erasure


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who leaves, and what they wished about what others need after them."""

    member_id: int
    leads: Erasure.Leads = Erasure.Leads.NOW
    successors: Mapping[int, int] = field(default_factory=dict)  # company's number → member's number


@dataclass(frozen=True, slots=True)
class Estate:
    """A company that nobody but the person owns, and who of its team could own it afterwards."""

    key: int
    name: str
    heirs: Sequence[tuple[int, str]]  # number and name


class Erases(Protocol):
    """Does to some rows what their table's map says with `by_app`."""

    def __call__(self, *, leaving: Leaving, files: MutableSequence[str], now: datetime) -> int:
        """Erase one batch in the caller's transaction and say how many rows it was; 0 when nothing is left.

        Called again until then, and again after a crash. Names of files to be deleted, as `named_file` writes them,
        are added to `files`; the caller keeps them in the same transaction.
        """


@dataclass(frozen=True, slots=True)
class Departure:
    """What happens at once when somebody wishes to leave, and is undone when they stay. In the caller's transaction."""

    name: str
    begin: Callable[[Leaving, datetime], Any]  # answers what bring_back needs, as JSON has it
    bring_back: Callable[[Leaving, Any, datetime], None]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the final letter goes to."""

    email: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the app of accounts does for those who leave."""

    # Empties an account for good, in the caller's transaction; None when it was done before.
    close: Callable[[int, datetime], Addressee | None]
    # Lets nobody log in any more, so that nothing is written after its table's turn.
    freeze: Callable[[int], None]
    # Tells an account from a later one of the same number, as long as it is open; None where there is none open.
    identify: Callable[[int], str | None]


_accounts: list[Accounts] = []
_erasers: dict[type[Model], Erases] = {}
_first: list[Erases] = []
_replays: list[Callable[[Collection[str], datetime], int]] = []
_departures: dict[str, Departure] = {}
_estates: list[Callable[[int], Sequence[Estate]]] = []


def register_eraser(erase: Erases, *models: type[Model], first: bool = False) -> None:
    """Let `erase` take care of the rows of these models; `first`: others look at what it has done."""
    if first and erase not in _first:
        _first.append(erase)
    for model in models:
        if _erasers.setdefault(model, erase) is not erase:
            message = f"two erasers of {model._meta.label}"
            raise ValueError(message)


def register_departure(departure: Departure) -> None:
    """Add something that happens at once; two of one name are a programming error."""
    if _departures.setdefault(departure.name, departure) is not departure:
        message = f"two departures are called {departure.name}"
        raise ValueError(message)


def register_estates(find: Callable[[int], Sequence[Estate]]) -> None:
    """Say what a person owns alone, by the person's number."""
    if find not in _estates:
        _estates.append(find)


def register_accounts(accounts: Accounts) -> None:
    """Say how an account is closed; a second way is a programming error."""
    if _accounts and _accounts != [accounts]:
        message = "there is a way to close an account already"
        raise ValueError(message)
    _accounts[:] = [accounts]


def accounts() -> Accounts:
    """How an account is closed. Raises LookupError where no app has said so."""
    if not _accounts:
        message = "no app closes accounts"
        raise LookupError(message)
    return _accounts[0]


def register_replay(again: Callable[[Collection[str], datetime], int]) -> None:
    """After a restore, take back off the market what digests of removed things name; answers how much it was."""
    if again not in _replays:
        _replays.append(again)


def replays() -> "list[Callable[[Collection[str], datetime], int]]":
    """All of them."""
    return list(_replays)


def erasers() -> list[Erases]:
    """Each once, those that come first in front."""
    return list(dict.fromkeys([*_first, *_erasers.values()]))


def erased_models() -> set[type[Model]]:
    """The models whose rows have an eraser."""
    return set(_erasers)


def departures() -> list[Departure]:
    """All of them."""
    return list(_departures.values())


def estates(member_id: int) -> list[Estate]:
    """Everything the person owns alone."""
    return [estate for find in _estates for estate in find(member_id)]


def named_file(row: Model, column: str) -> str | None:
    """A file of a row as the list of files to be deleted has it: “offerboard.LeadPicture.image leads/1.webp”."""
    name = getattr(row, column).name
    return f"{row._meta.label}.{column} {name}" if name else None
