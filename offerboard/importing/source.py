"""A file of leads, whichever way it is written."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from offerboard.importing import sheet, text
from offerboard.importing.shape import FileRefused, Position, Record, Shape

ZIP, OLD_OFFICE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


def examine(file: BinaryIO) -> Shape:
    """How the file is written, told by its content and not by its name. Raises FileRefused."""
    file.seek(0)
    start = file.read(4)
    if not start:
        raise FileRefused(_("The file is empty."))
    if start == OLD_OFFICE:
        raise FileRefused(_("This is an old Excel file, or one with a password. Save it as XLSX or CSV."))
    if start == PDF:
        raise FileRefused(_("This is a PDF. Send a CSV or an XLSX file."))
    return sheet.examine(file) if start == ZIP else text.examine(file)


def read_rows(file: BinaryIO, shape: Shape, *, after: Position = Position()) -> Iterator[Record]:  # noqa: B008  # frozen
    """The rows behind a position, without the header and without blank ones. Raises FileRefused."""
    return sheet.read_rows(file, after=after) if shape.format == "xlsx" else text.read_rows(file, shape, after=after)


def first_rows(file: BinaryIO, shape: Shape, n: int) -> list[Record]:
    """The first rows, for a look."""
    return list(islice(read_rows(file, shape), n))
