"""An XLSX file as a table of text, made once: a sheet can only be read from its first row, a table from any place.

The table is CSV in UTF-8. Each of its rows begins with the number that the row has in the sheet.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.core.files.storage import Storage

from offerboard.importing import sheet, text
from offerboard.importing.shape import Position, Record

RENEWAL = 10.0  # seconds after which whoever turns a sheet says that it is still at work
PIECE = 1024 * 1024  # characters written at once
LONGEST_RECORD = 5 * sheet.LONGEST_ROW  # bytes: four for the widest letter, and room for marks


class _Pieces:
    """Text that is still being made, as a storage takes it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def chunks(self) -> Iterator[bytes]:
        """One after the other, never all of it."""
        return self.pieces


@contextmanager
def turned(file: BinaryIO, *, storage: Storage, name: str, renew: Callable[[], None]) -> Iterator[str]:
    """The name of the table made of an XLSX file; when what follows fails, the table is deleted again.

    `renew` is called every few seconds and may raise what ends the work. Raises FileRefused.
    """
    pieces: Any = _Pieces(_pieces(file, renew))
    try:
        yield storage.save(name, pieces)
    except BaseException:
        storage.delete(name)
        raise


def read_turned(table: BinaryIO, *, after: Position) -> Iterator[Record]:
    """The rows behind a position, as the sheet's own: without its header and blank ones, numbered as there."""
    lines = text.Lines(table, "utf-8", after, longest=LONGEST_RECORD)
    for record in text.records(lines, ","):
        number, *cells = record.cells
        yield Record(int(number), cells, Position(record.after.offset, int(number)))


def _pieces(file: BinaryIO, renew: Callable[[], None]) -> Iterator[bytes]:
    written, renewed = io.StringIO(newline=""), time.monotonic()
    writer = csv.writer(written)
    for record in sheet.read_rows(file, after=Position()):
        writer.writerow([record.line, *record.cells])
        if written.tell() >= PIECE:
            yield _taken(written)
        if time.monotonic() >= renewed + RENEWAL:
            renew()
            renewed = time.monotonic()
    yield _taken(written)


def _taken(written: io.StringIO) -> bytes:
    """What was written, which is forgotten. Half a letter, which is not one in UTF-8, becomes a question mark."""
    piece = written.getvalue().encode(errors="replace")
    written.seek(0)
    written.truncate()
    return piece
