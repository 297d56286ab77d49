"""Tables as XLSX, read row by row; archives that would unpack to something huge are refused before they do.

Formulas are never computed: the value that the spreadsheet program stored with them is read.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError  # only the exception; defusedxml, which openpyxl uses, does the parsing

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from offerboard.amounts import write_amount
from offerboard.importing.header import read_header
from offerboard.importing.shape import MOST_COLUMNS, FileRefused, Position, Record, Shape, refuse_blank

MOST_ENTRIES = 500
MOST_UNPACKED = 600 * 1024 * 1024  # bytes, all parts together
MOST_STRINGS = 32 * 1024 * 1024  # bytes of the table of texts, which is held in memory
MOST_BESIDE = 4 * 1024 * 1024  # bytes of any other part but sheets and pictures: styles, names, settings
LONGEST_ROW = 1_000_000  # characters, as of a CSV's line
LONGEST_CELL = 128 * 1024  # characters, as of a CSV's cell; spreadsheet programs hold a quarter of it
MOST_TEXT = 200_000_000  # characters of all rows together
MOST_RATIO = 200  # times that a part of more than a megabyte may grow
LONGEST_TOKEN = 256 * 1024  # bytes without a tag
MOST_ROWS = 200_000
CHUNK = 1024 * 1024
BROKEN = (
    *(zipfile.BadZipFile, InvalidFileException, ParseError, DefusedXmlException, EOFError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError, OSError, RuntimeError),
    zlib.error,
)


def examine(file: BinaryIO) -> Shape:
    """Check the archive, then read the names of the columns. Raises FileRefused."""
    announced = _check(file)
    records = _records(file)
    header = next((record for record in records if any(record.cells)), None)
    if header is None:
        raise FileRefused(_("The first sheet of the file is empty."))
    columns = read_header(header.cells)
    if next((record for record in records if any(record.cells)), None) is None:
        raise FileRefused(_("The file has a header and no rows below it."))
    return Shape("xlsx", "", "", columns, max(announced - 1, 1))


def read_rows(file: BinaryIO, *, after: Position) -> Iterator[Record]:
    """The rows of the first sheet behind a position, without header and blank ones. Raises FileRefused."""
    has_header = after.line > 0
    for record in _records(file):
        if not any(record.cells):
            continue
        if has_header and record.line > after.line:
            yield record
        has_header = True


def _records(file: BinaryIO) -> Iterator[Record]:
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says about its size may be wrong
        room = MOST_TEXT
        for line, values in _filled(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)):
            if len(values) > MOST_COLUMNS and any(value is not None for value in values[MOST_COLUMNS:]):
                words = {"line": line, "most": MOST_COLUMNS}
                raise FileRefused(_("Line %(line)d has more than %(most)d columns.") % words)
            cells = [_text(value) for value in values[:MOST_COLUMNS]]
            size = sum(map(len, cells))  # one long text may be named by many cells
            room -= size
            if any(len(cell) > LONGEST_CELL for cell in cells):
                words = {"line": line, "most": LONGEST_CELL // 1024}
                raise FileRefused(_("A cell of line %(line)d holds more than %(most)d KB.") % words)
            if size > LONGEST_ROW or room < 0:
                raise FileRefused(_("Line %(line)d is too long. Send a smaller file, or a CSV.") % {"line": line})
            while cells and not cells[-1]:  # what the reader fills up
                cells.pop()
            yield Record(line, cells, Position(line=line))
    except BROKEN as error:
        raise FileRefused(
            _("The file looks like XLSX and cannot be read as such. Save it again, or as CSV.")
        ) from error


def _filled(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Rows with a value, and their numbers; the reader makes up blank ones where the numbers leap."""
    blank = 0
    for line, values in enumerate(rows, start=1):
        if line > MOST_ROWS:
            raise FileRefused(_too_many_rows())
        if values.count(None) == len(values):
            blank += 1
            refuse_blank(blank, line=line)
        else:
            blank = 0
            yield line, values


def _text(value: Any) -> str:
    """A cell as a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return write_amount(Decimal(repr(value)))
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value).replace("\0", "")


def _check(file: BinaryIO) -> int:
    """Unpack every part once without keeping it; answers how many rows the sheets announce. Raises FileRefused."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_ENTRIES or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileRefused(_too_large())
            if any(part.flag_bits & 1 for part in parts):
                raise FileRefused(_("The file is locked with a password. Save it without one."))
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise FileRefused(_("This is an archive and not a spreadsheet. Send a CSV or an XLSX file."))
            room, rows = MOST_UNPACKED, 0
            for part in parts:
                size, part_rows = _measure(archive, part, room)
                room -= size
                rows = max(rows, part_rows)
    except BROKEN as error:
        raise FileRefused(
            _("The file looks like XLSX and cannot be read as such. Save it again, or as CSV.")
        ) from error
    if rows > MOST_ROWS:
        raise FileRefused(_too_many_rows())
    return rows


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> tuple[int, int]:
    """A part's true size in bytes and the rows in it; what it announces is not believed. Raises FileRefused."""
    most = min(room, max(part.compress_size * MOST_RATIO, CHUNK))
    name = part.filename.lower()
    if name.endswith("sharedstrings.xml"):
        most = min(most, MOST_STRINGS)
    elif not name.startswith("xl/worksheets/") and not name.startswith("xl/media/"):
        most = min(most, MOST_BESIDE)  # also a table of texts under another name
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    size, rows, token, tail = 0, 0, 0, b""
    with archive.open(part) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise FileRefused(_too_large())
            if is_xml:
                token = _longest_token(chunk, token)
                rows += (tail + chunk).count(b"<row")
                tail = chunk[-3:]
    return size, rows


def _longest_token(chunk: bytes, before: int) -> int:
    """How long the text at the end of the chunk is by now; raises FileRefused when one in it is too long."""
    pieces = chunk.split(b"<")
    pieces_long = [before + len(pieces[0]), *map(len, pieces[1:])]
    if max(pieces_long) > LONGEST_TOKEN:
        raise FileRefused(_("A cell of this file holds more than %(most)d KB.") % {"most": LONGEST_TOKEN // 1024})
    return pieces_long[-1]


def _too_large() -> str:
    return _("The file would unpack to something very large. Save it as CSV and send that.")


def _too_many_rows() -> str:
    return _("The sheet has more than %(most)s rows. Save it as CSV and send that.") % {"most": f"{MOST_ROWS:,}"}
