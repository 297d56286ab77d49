"""Where a reader has come to: opaque, signed, and only good for what it was given out for."""

import uuid
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

LONGEST = 2000  # characters; one that holds a company’s name in Chinese has 1,700


class NotOurCursor(ValueError):
    """We never gave it out, or for something else."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed of one epoch, and the kinds that its reader was not told of on the way there."""

    epoch: uuid.UUID
    position: int
    untold: frozenset[str] = frozenset()


def write_cursor(what: str, text: str) -> str:
    """A cursor that says `text`, for `what`."""
    return _signer(what).sign_object(text, compress=False)


def read_cursor(what: str, cursor: str) -> str:
    """What it says. Raises NotOurCursor."""
    if len(cursor) > LONGEST:
        raise NotOurCursor
    try:
        return str(_signer(what).unsign_object(cursor))
    except (BadSignature, ValueError) as error:
        raise NotOurCursor from error


def write_place(place: Place) -> str:
    """A cursor of the feed."""
    return write_cursor("changes", " ".join([place.epoch.hex, str(place.position), *sorted(place.untold)]))


def read_place(cursor: str) -> Place:
    """The place that it names. Raises NotOurCursor."""
    epoch, position, *untold = read_cursor("changes", cursor).split(" ")
    return Place(uuid.UUID(epoch), int(position), frozenset(untold))


def _signer(what: str) -> Signer:
    return Signer(salt=f"partners.cursors {what}")
