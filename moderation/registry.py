"""What can be moderated: higher apps register their things here from their apps.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from privacy.datamap import Purpose


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing in hand: what it is called, where staff and its owners see it, and who hears of a decision."""

    kind: str
    key: str
    title: str
    url: str  # "" where there is no page for the reader
    admin_url: str
    people: Sequence[int]  # numbers of the members who are told


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of what was reported, such as one message of a thread."""

    author_id: int | None  # the member who wrote it, None where nobody is linked to it any more
    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Private content that staff may read once it is reported, and what its authors are told that staff saw."""

    find: Callable[[str], Sequence[Exhibit]]  # by the thing's key
    purpose: Purpose  # for which the columns are held
    columns: Sequence[str]  # as in “offerboard.Message.text”


@dataclass(frozen=True, slots=True)
class Moderatable:
    """How one kind of thing is found and what staff may do with it."""

    kind: str  # also the word in /report/<kind>/<key>/
    find: Callable[[str, int | None], Subject | None]  # key and the reader's member id (None: visitor)
    actions: dict[
        str, Callable[[str, str, datetime], bool]
    ]  # Decision.Action → (key, reason, now) → whether it changed
    label: Any  # lazily translated noun, such as “lead”
    tells_people: frozenset[str] = frozenset()  # actions whose own service writes to the people concerned
    exhibits: Exhibits | None = None
    keys_of: Callable[[int], QuerySet[Any, Any]] | None = None  # keys of what a member answers for, as text
    members_of: Callable[[Any], QuerySet[Any, Any]] | None = None  # the other way round: who answers for these keys


_kinds: dict[str, Moderatable] = {}


def register(moderatable: Moderatable) -> None:
    """Add a kind; a second registration of the same kind is a programming error."""
    if _kinds.setdefault(moderatable.kind, moderatable) is not moderatable:
        message = f"{moderatable.kind} is registered twice"
        raise ValueError(message)


def moderatable(kind: str) -> Moderatable | None:
    """The registered kind, or None."""
    return _kinds.get(kind)


def moderatables() -> list[Moderatable]:
    """All registered kinds."""
    return list(_kinds.values())
