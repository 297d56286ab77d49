"""Tables as text: which letters and which delimiter a file uses, and its rows one by one.

Nothing here holds more than a record of the file in memory, whatever is in it.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from offerboard.importing.header import read_header
from offerboard.importing.shape import FileRefused, Position, Record, Shape, refuse_blank

CHUNK = 1024 * 1024  # bytes
LONGEST_RECORD = 1024 * 1024  # bytes of one row, line breaks inside cells included
SAMPLE = 256 * 1024  # bytes from which the delimiter is told
SAMPLED_ROWS = 30
DELIMITERS = ",;\t|"
BOM = codecs.BOM_UTF8
UNUSED_IN_WINDOWS_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


class Lines:
    """The decoded lines of a file and where they end; a line that is too long is refused before it is read whole."""

    def __init__(self, file: BinaryIO, encoding: str, at: Position, *, longest: int = LONGEST_RECORD) -> None:
        self.file, self.encoding, self.longest = file, encoding, longest
        self.offset, self.number = at.offset, at.line
        self.record_size = 0  # bytes since the last row was complete
        file.seek(at.offset)

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        raw = self.file.readline(self.longest + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self.offset += len(raw)
        self.record_size += len(raw)
        if self.record_size > self.longest:
            words = {"line": self.number, "most": self.longest // 1024}
            raise FileRefused(
                _("Line %(line)d is longer than %(most)d KB. Perhaps a quotation mark before it is never closed.")
                % words
            )
        return raw.decode(self.encoding)


def examine(file: BinaryIO) -> Shape:
    """Read the whole file once and tell how it is written. Raises FileRefused."""
    encoding = encoding_of(file)
    start = Position(offset=len(BOM) if encoding == "utf-8-sig" else 0)
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    delimiter = delimiter_of(file, codec, start)
    found = records(Lines(file, codec, start), delimiter)
    header = next(found, None)
    if header is None:
        raise FileRefused(_("The file is empty."))
    if header.problem:
        raise FileRefused(header.problem)
    columns = read_header(header.cells)
    rows = sum(1 for record in found if any(record.cells) or record.problem)
    if not rows:
        raise FileRefused(_("The file has a header and no rows below it."))
    return Shape("csv", encoding, delimiter, columns, rows)


def read_rows(file: BinaryIO, shape: Shape, *, after: Position) -> Iterator[Record]:
    """The rows behind a position, blank ones left out; from the start without the header. Raises FileRefused."""
    codec = "utf-8" if shape.encoding == "utf-8-sig" else shape.encoding
    is_start = after == Position()
    start = Position(offset=len(BOM)) if is_start and shape.encoding == "utf-8-sig" else after
    found = records(Lines(file, codec, start), shape.delimiter)
    if is_start:
        next(found, None)
    for record in found:
        if any(record.cells) or record.problem:
            yield record


def records(lines: Lines, delimiter: str) -> Iterator[Record]:
    """The rows as they stand, blank ones too. Raises FileRefused."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    blank = 0
    while True:
        line, problem, cells = lines.number + 1, "", list[str]()
        lines.record_size = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _problem(str(error), line)
        if not cells and not problem and lines.number < line:
            return
        blank = 0 if problem or any(cells) else blank + 1
        refuse_blank(blank, line=line)
        yield Record(line, cells, Position(lines.offset, lines.number), problem)


def _problem(error: str, line: int) -> str:
    """What csv stumbled over: a row's trouble, or the file's. Raises FileRefused."""
    if "unexpected end" in error or "field larger" in error:
        raise FileRefused(_("In line %(line)d a quotation mark is opened and never closed.") % {"line": line})
    if "new-line character" in error:
        raise FileRefused(_("The line ends cannot be read. Save the file again as “CSV UTF-8”."))
    return _("The quotation marks of this row do not match.")


def encoding_of(file: BinaryIO) -> str:
    """UTF-8 with or without its mark, or Windows-1252, decided by every byte. Raises FileRefused."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(_("The file is written in UTF-16. Save it as “CSV UTF-8” and send it again."))
    decoder, is_utf8, is_windows = codecs.getincrementaldecoder("utf-8")(), True, True
    file.seek(0)
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            raise FileRefused(_("This is not a table of text: it holds NUL bytes. Send a CSV or an XLSX file."))
        is_windows = is_windows and UNUSED_IN_WINDOWS_1252.isdisjoint(chunk)
        if is_utf8:
            is_utf8 = _decodes(decoder, chunk, final=False)
    if is_utf8 and _decodes(decoder, b"", final=True):
        return "utf-8-sig" if start.startswith(BOM) else "utf-8"
    if is_windows:
        return "cp1252"
    raise FileRefused(_("The letters are neither UTF-8 nor Windows-1252. Save the file as “CSV UTF-8”."))


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(file: BinaryIO, codec: str, start: Position) -> str:
    """The mark that gives the most rows as wide as the first one, and of those the widest."""
    file.seek(start.offset)
    text = file.read(SAMPLE).decode(codec, errors="ignore")
    return max(DELIMITERS, key=lambda mark: _fit(text, mark))


def _fit(text: str, delimiter: str) -> tuple[float, int]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows += [row] if row else []
            if len(rows) == SAMPLED_ROWS:
                break
    except csv.Error:
        pass
    if not rows or len(rows[0]) < 2:
        return 0.0, 0
    width = len(rows[0])
    same = sum(len(row) == width for row in rows)
    return same / len(rows), width
