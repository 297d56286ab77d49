"""What the page being made shows: noted where it is fetched, read by whoever keeps finished pages.

A kept page may be handed out again only while everything on it may still be seen and reads as before.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Shown:
    """The rows on one page by the kind of thing, such as "leads", each with its `updated_at`."""

    rows: dict[str, dict[int, datetime]] = field(default_factory=dict)
    verified: set[int] = field(default_factory=set)  # ids of companies shown with the badge of their identity
    until: datetime | None = None  # from this moment on something reads differently, though no row changed


_page: ContextVar[Shown | None] = ContextVar("shown", default=None)


@contextmanager
def collecting() -> Iterator[Shown]:
    """Gather what is noted inside this block."""
    shown = Shown()
    token = _page.set(shown)
    try:
        yield shown
    finally:
        _page.reset(token)


def note_rows(kind: str, versions: Mapping[int, datetime]) -> None:
    """These rows are on the page, in these versions."""
    if (shown := _page.get()) is not None:
        shown.rows.setdefault(kind, {}).update(versions)


def note_badges(companies: Iterable[int]) -> None:
    """These companies are shown as verified; of all other noted ones it is said that they are not."""
    if (shown := _page.get()) is not None:
        shown.verified.update(companies)


def note_end(moment: datetime) -> None:
    """Something on the page is true only until this moment."""
    shown = _page.get()
    if shown is not None and (shown.until is None or moment < shown.until):
        shown.until = moment
