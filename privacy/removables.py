"""Pages that somebody may ask to be removed: higher apps register theirs here from their apps.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.urls import Resolver404, resolve

from privacy.datamap import Words


class Act(Protocol):
    """Does something to one page; answers whether that changed anything."""

    def __call__(self, key: str, reason: str, by: Any | None, now: datetime) -> bool:
        """The people who run the page read the reason; `by`: who of the staff, None where nobody decided."""


@dataclass(frozen=True, slots=True)
class Removable:
    """One kind of page: whose it is, how it is hidden, shown again and closed."""

    kind: str
    label: Words  # a noun
    page: str  # the name of its address, in which “slug” is the key
    title: Callable[[str], str]  # "" where there is none any more
    admin_url: Callable[[str], str]
    host: Callable[[str], str]  # of the website that its company names, "" where it names none
    identity: Callable[[str], Sequence[tuple[str, str]]]  # what must not be listed again; nothing of an account's
    hide: Act
    show: Act
    close: Act


_kinds: dict[str, Removable] = {}


def register_removable(removable: Removable) -> None:
    """Add a kind; a second registration of the same kind is a programming error."""
    if _kinds.setdefault(removable.kind, removable) is not removable:
        message = f"{removable.kind} is registered twice"
        raise ValueError(message)


def removable(kind: str) -> Removable | None:
    """The registered kind, or None."""
    return _kinds.get(kind)


def target_of(path: str) -> tuple[str, str]:
    """Kind and key of what the page at this path shows; two empty strings for any other page.

    Whether it is there is not asked: the answer must not tell. Raises LookupError where no page has this address.
    """
    try:
        match = resolve(path)
    except Resolver404 as error:
        raise LookupError(path) from error
    found = next((one for one in _kinds.values() if one.page == match.view_name), None)
    return (found.kind, str(match.kwargs["slug"])[:90]) if found else ("", "")
