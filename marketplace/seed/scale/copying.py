"""Rows into a table by COPY, in the text format of PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


def as_text(value: Any) -> str:
    """A value as COPY reads it; strings are escaped, lists of plain words or numbers become arrays."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


def copy_rows(cursor: CursorWrapper, model: type[models.Model], columns: Sequence[str], rows: Iterable[str]) -> None:
    """Copy lines of tab-parted values of `columns`; the model's other columns get its own defaults."""
    rest = {
        field.column: as_text([] if isinstance(field, ArrayField) else field.get_default())
        for field in model._meta.concrete_fields
        if not field.generated and field.column not in columns
    }
    ending = "".join(f"\t{text}" for text in rest.values()) + "\n"
    names = sql.SQL(", ").join(map(sql.Identifier, [*columns, *rest]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    cursor.copy_expert(statement.as_string(cursor.connection), _Pieces(f"{row}{ending}".encode() for row in rows))


class _Pieces:
    """A file to read from that is made while it is read: PostgreSQL stores one part while the next is invented."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        parts, length = [self._left], len(self._left)
        while length < size and (piece := next(self._pieces, b"")):
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        self._left = whole[size:]
        return whole[:size]
