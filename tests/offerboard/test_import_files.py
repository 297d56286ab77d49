"""What the import makes of files: how they are written, and which are refused."""

import io
import zipfile
from typing import Any, BinaryIO

import pytest
from openpyxl import Workbook

from offerboard.importing import sheet, source, text
from offerboard.importing.shape import FileRefused, Position

TABLE = "no;name\n1;Café\n2;“Tea”\n"


class OneLongLine(io.RawIOBase):
    """A header, then a gigabyte without an end of line; what is asked for is made, never all of it."""

    SIZE = 1024 * 1024 * 1024

    def __init__(self) -> None:
        self.position = 0
        self.most_asked = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= 4 * 1024 * 1024
        self.most_asked = max(self.most_asked, size)
        whole = b"a,b\n"[self.position :][:size]
        made = whole + b"x" * min(size - len(whole), max(0, self.SIZE - self.position - len(whole)))
        self.position += len(made)
        return made

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        if self.position < 4:
            return self.read(4)
        return self.read(size)


def file(content: str | bytes, encoding: str = "utf-8") -> BinaryIO:
    return io.BytesIO(content.encode(encoding) if isinstance(content, str) else content)


def spreadsheet(*rows: list[Any]) -> io.BytesIO:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(content)
    return content


def with_part(name: str, content: bytes) -> io.BytesIO:
    """A spreadsheet in which one part is another."""
    found, made = zipfile.ZipFile(spreadsheet(["no", "name"], [1, "Tea"])), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in found.namelist():
            archive.writestr(part, content if part == name else found.read(part))
        if name not in found.namelist():
            archive.writestr(name, content)
    return made


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")])
def test_letters_are_told_by_the_whole_file(encoding: str, said: str) -> None:
    """The only letter that decides stands behind two megabytes."""
    content = "no;name\n" + "1;Tea\n" * 400_000 + "2;Café\n"

    shape = source.examine(file(content, encoding))

    assert (shape.encoding, shape.delimiter, shape.columns, shape.rows) == (said, ";", ("no", "name"), 400_001)
    assert [row.cells for row in source.read_rows(file(content, encoding), shape)][-1] == ["2", "Café"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_although_cells_hold_others(delimiter: str) -> None:
    rows = [["no", "name"], ["1", "tea, black; fine"], ["2", "salt | pepper"], ["3", "a\nline"]]
    content = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    shape = source.examine(file(content))

    assert (shape.delimiter, shape.rows) == (delimiter, 3)
    assert [row.cells for row in source.read_rows(file(content), shape)] == rows[1:]


def test_a_row_says_at_which_line_it_begins_and_reading_goes_on_behind_any_row() -> None:
    content = 'no,name\n1,"two\nlines"\n\n2,tea\n3,"4" pipe\n4,salt\n'
    shape = source.examine(file(content))

    rows = list(source.read_rows(file(content), shape))

    assert [(row.line, bool(row.problem)) for row in rows] == [(2, False), (5, False), (6, True), (7, False)]
    for place, row in enumerate(rows, start=1):
        assert list(source.read_rows(file(content), shape, after=row.after)) == rows[place:]


def test_a_spreadsheet_is_read_as_a_person_would_have_typed_it() -> None:
    """A formula gives the value stored with it; here none is stored."""
    content = spreadsheet(["no", "name", "price"], [1, "Tea", 4.185], [None, None, None], [2, "=1+1", 12])

    shape = source.examine(content)
    rows = list(source.read_rows(content, shape))

    assert (shape.format, shape.columns) == ("xlsx", ("no", "name", "price"))
    assert [(row.line, row.cells) for row in rows] == [(2, ["1", "Tea", "4.1850"]), (4, ["2", "", "12"])]
    assert list(source.read_rows(content, shape, after=Position(line=2))) == rows[1:]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n\n", "Only one column"),
        (b"no,name\n", "no rows below"),
        (b"1,Tea\n2,Salt\n", "must name the columns"),
        (b"no,name,No\n1,2,3\n", "called"),
        (b"no:name\n1:2\n", "Only one column"),
        (b"no,name\n1,Te\0a\n", "NUL"),
        (TABLE.encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "NUL"),
        (b"no,name\n1,\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        (b'no,name\n1,"Tea\n2,Salt\n' * 3, "never closed"),
        (b'no,name\n1,"' + b"Tea\n" * 100_000, "never closed"),
        (b"no,name\n1," + b"x" * 2_000_000, "longer than"),
        (b"no,name\r1,Tea\r", "line ends"),
        ((",".join(f"c{n}" for n in range(10_000)) + "\n1\n").encode(), "10000 columns"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "old Excel"),
        (b"PK\x03\x04 not really", "cannot be read"),
        (bytes(range(256)) * 20, "NUL"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        source.examine(file(content))


def test_a_line_of_a_gigabyte_is_refused_without_being_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pass that tells the letters is cut short here; it reads a megabyte at a time."""
    endless = OneLongLine()
    monkeypatch.setattr(text, "encoding_of", lambda _file: "utf-8")

    with pytest.raises(FileRefused, match="Line 2 is longer than 1024 KB"):
        text.examine(endless)  # type: ignore[arg-type]

    assert endless.position < 3 * 1024 * 1024


@pytest.mark.parametrize(
    ("part", "content", "reason"),
    [
        ("xl/worksheets/sheet1.xml", b"<a/>" * 30_000_000, "very large"),
        ("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 2_100_000, "very large"),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + b"x" * 300_000, "more than 256 KB"),
        ("xl/worksheets/sheet1.xml", b"".join(b'<row r="%d"/>' % n for n in range(200_001)), "more than 200,000 rows"),
        ("xl/worksheets/sheet1.xml", b"not xml", "cannot be read"),
        (
            "xl/worksheets/sheet1.xml",
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
            "cannot be read",
        ),
    ],
)
def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(part: str, content: bytes, reason: str) -> None:
    bomb = with_part(part, content)
    assert len(bomb.getvalue()) < 2_000_000

    with pytest.raises(FileRefused, match=reason):
        source.examine(bomb)


def test_a_spreadsheet_that_announces_less_than_it_holds_is_refused() -> None:
    content = bytearray(with_part("xl/worksheets/sheet1.xml", b"<a/>" * 1_000_000).getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    true, small = part.file_size.to_bytes(4, "little"), (100).to_bytes(4, "little")

    with pytest.raises(FileRefused):
        source.examine(io.BytesIO(bytes(content).replace(true, small)))


def test_an_archive_that_is_no_spreadsheet_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("letter.txt", "hello")

    with pytest.raises(FileRefused, match="archive"):
        source.examine(content)


def test_a_sheet_with_too_many_parts_is_refused() -> None:
    content = spreadsheet(["no", "name"], [1, "Tea"])
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(sheet.MOST_ENTRIES):
            archive.writestr(f"xl/extra{number}.xml", "<a/>")

    with pytest.raises(FileRefused, match="very large"):
        source.examine(content)
