"""A small file of very many blank rows costs little and is refused with a reason."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from offerboard.importing.shape import MOST_BLANK, FileRefused
from offerboard.importing.source import examine


def sheet_with_a_row_far_down(row: int) -> io.BytesIO:
    """A header, and a single cell in a row of that number, as a few bytes can say."""
    book, whole = Workbook(), io.BytesIO()
    book.active.append(["title", "description"])  # type: ignore[union-attr]
    book.save(whole)
    changed = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                far = f'<row r="{row}"><c r="A{row}"><v>1</v></c></row></sheetData>'.encode()
                content = content.replace(b"</sheetData>", far)
            target.writestr(name, content)
    return changed


def test_a_sheet_whose_next_row_is_far_down_is_refused() -> None:
    with pytest.raises(FileRefused, match="10000 blank rows"):
        examine(sheet_with_a_row_far_down(190_000))


def test_a_table_of_line_ends_is_refused() -> None:
    with pytest.raises(FileRefused, match="10000 blank rows"):
        examine(io.BytesIO(b"title,description\n" + b"\n" * (MOST_BLANK + 2) + b"Coffee,Washed.\n"))


def test_as_many_blank_rows_as_people_leave_are_passed_over() -> None:
    gap = b"\n" * 500

    for file in (io.BytesIO(b"title,description\n" + gap + b"Coffee,Washed.\n" + gap), sheet_with_a_row_far_down(500)):
        assert list(examine(file).columns) == ["title", "description"]
