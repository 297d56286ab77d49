"""Marks in the address that say where the next page of a list begins: a time and the key that breaks its ties."""

from datetime import UTC, datetime


def write_cursor(moment: datetime, key: object) -> str:
    """The mark for the row after which the next page begins."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%f}~{key}"


def read_cursor(cursor: str) -> tuple[datetime, str] | None:
    """The time and the key again, or None for a mark that we never wrote."""
    moment, _tilde, key = cursor.partition("~")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), key
    except ValueError:
        return None
