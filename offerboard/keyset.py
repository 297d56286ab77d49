"""Where a page of leads ended: an opaque cursor, so that the next page starts after it however deep it is."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

LONGEST = 400  # characters; our own cursors stay below 250
DEEPEST = 10**9
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,90}")
PRICE = re.compile(r"\d{1,12}(\.\d{1,4})?")


class NotOurCursor(ValueError):
    """The text is no cursor of this order."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last lead of a page. It is named by its slug: a row's number is nobody's business."""

    order: str
    key: datetime | Decimal  # what that order sorts by
    slug: str  # parts leads with the same key
    seen: int  # leads shown so far, which only words on the page depend on


def write_cursor(cursor: Cursor) -> str:
    """The cursor as a parameter of an address."""
    key = cursor.key.isoformat() if isinstance(cursor.key, datetime) else str(cursor.key)
    text = json.dumps([cursor.order, key, cursor.slug, cursor.seen], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, *, order: str, key_type: type = datetime) -> Cursor:
    """The cursor that `write_cursor` wrote for this order, whose keys are of that type; else raises NotOurCursor."""
    if len(text) > LONGEST:
        raise NotOurCursor
    try:
        parts = json.loads(base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, RecursionError, ValueError) as error:
        raise NotOurCursor from error
    match parts:
        case [str(found), str(key), str(slug), int(seen)] if (
            found == order and SLUG.fullmatch(slug) and 0 <= seen <= DEEPEST
        ):
            cursor = Cursor(order=order, key=_read_key(key), slug=slug, seen=seen)
            if isinstance(cursor.key, key_type):
                return cursor
    raise NotOurCursor


def _read_key(text: str) -> datetime | Decimal:
    if PRICE.fullmatch(text):
        return Decimal(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotOurCursor from error
    if moment.tzinfo is None or not 2000 <= moment.year < 2200:
        raise NotOurCursor
    return moment.astimezone(UTC)  # PostgreSQL knows no zone sixteen hours away
