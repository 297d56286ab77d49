"""Importing a sheet: it is turned into a table once, and each shift goes on from a place in that table."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone
from openpyxl import Workbook

from offerboard.importing import running, sheet, turning
from offerboard.importing.shape import FileRefused, Position, Record
from offerboard.importing.source import examine
from offerboard.models import Lead, LeadImport, RefusedRow
from offerboard.selectors.imports import import_page
from offerboard.services import imports as services
from privacy.private_files import private_files
from tests.factories import LeadImportFactory, MemberFactory

pytestmark = pytest.mark.django_db
HEADER = ["no", "title", "text", "price"]
COFFEE = [[n, f"Coffee {n}", "Washed.", "free" if n % 7 == 0 else 4000 + n] for n in range(1, 46)]


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path / "imports"


def spreadsheet(*rows: Sequence[Any]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(content)
    return content.getvalue()


def grown(content: bytes, word: str, text: str) -> io.BytesIO:
    """The sheet with another text in place of a word: openpyxl itself writes no cell longer than Excel's."""
    found, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in found.namelist():
            archive.writestr(part, found.read(part).replace(word.encode(), text.encode()))
    return made


def queued(content: bytes) -> LeadImport:
    job: LeadImport = LeadImportFactory(
        file=ContentFile(content, name="coffee.xlsx"), shape=examine(io.BytesIO(content)).as_json(), state="queued"
    )
    job.member = MemberFactory(company=job.company)
    job.save()
    return job


def with_gaps() -> bytes:
    """Coffee with a blank row behind every fifth row and above the header."""
    blank: list[list[Any]] = [[None]]
    return spreadsheet(*blank, HEADER, *(row for n, one in enumerate(COFFEE) for row in [one, *blank * (n % 5 == 4)]))


def test_every_shift_goes_on_from_its_position_and_never_reads_the_sheet_again(
    monkeypatch: pytest.MonkeyPatch, private_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """After the first shift the sheet is overwritten: whoever read it again would stop there."""
    monkeypatch.setattr(running, "BATCH", 10)
    content = with_gaps()
    job = queued(content)
    places = []
    assert import_page(job).progress == "0 of 55 rows read"

    while running.go_on(job.pk, shift=0):
        job.refresh_from_db()
        places.append((job.offset, job.line, job.rows_read, Lead.objects.count()))
        (private_root.parent / job.file.name).write_bytes(b"PK\x03\x04 no sheet any more")
        assert len(list(private_root.iterdir())) == 2
    with django_capture_on_commit_callbacks(execute=True):
        pass

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.imported, job.repeated, job.refused) == ("done", 45, 39, 0, 6)
    assert [rows for _offset, _line, rows, _leads in places] == [10, 20, 30, 40, 45]
    assert [line for _offset, line, _rows, _leads in places] == [13, 25, 37, 49, 55]
    assert sorted(offset for offset, *_ in places) == [offset for offset, *_ in places]
    assert len({offset for offset, *_ in places}) == 5
    said = [(row.line, row.columns, row.reasons[0]) for row in RefusedRow.objects.order_by("line")]
    lines = [
        record.line for record in sheet.read_rows(io.BytesIO(content), after=Position()) if record.cells[3] == "free"
    ]
    assert said == [(line, ["price"], "“free” is not a number.") for line in lines]
    assert [lead.title for lead in Lead.objects.order_by("rank")] == [row[1] for row in COFFEE if row[3] != "free"]


def test_the_table_goes_when_the_import_ends(private_root: Path, django_capture_on_commit_callbacks: Any) -> None:
    job = queued(with_gaps())

    with django_capture_on_commit_callbacks(execute=True):
        running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.table.name) == ("done", "")
    assert [file.name for file in private_root.iterdir()] == [Path(job.file.name).name]


def test_file_and_table_stay_while_the_import_goes_on_however_long_that_takes(
    monkeypatch: pytest.MonkeyPatch, private_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(running, "BATCH", 10)
    job = queued(with_gaps())
    running.go_on(job.pk, shift=0)
    assert len(list(private_root.iterdir())) == 2

    LeadImport.objects.update(created_at=timezone.now() - LeadImport.KEPT - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        services.forget_old_files(now=timezone.now())  # too early for files that no row knows

    job.refresh_from_db()
    assert job.file.name
    assert job.table.name
    assert len(list(private_root.iterdir())) == 2


def test_a_worker_killed_while_it_turns_leaves_the_next_one_to_turn_anew_and_nothing_is_repeated(
    monkeypatch: pytest.MonkeyPatch, private_root: Path
) -> None:
    job, real = queued(with_gaps()), sheet.read_rows

    def dies(file: Any, *, after: Position) -> Iterator[Record]:
        for number, record in enumerate(real(file, after=after)):
            if number == 30:
                raise KeyboardInterrupt
            yield record

    monkeypatch.setattr(sheet, "read_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        running.go_on(job.pk)
    monkeypatch.setattr(sheet, "read_rows", real)
    job.refresh_from_db()
    assert (job.state, job.rows_read, job.table.name, Lead.objects.count()) == ("running", 0, "", 0)
    assert len(list(private_root.iterdir())) == 1
    assert import_page(job).progress == "The sheet is being read"
    (private_root / "half-a-table").write_text("2,1,Cof")  # as SIGKILL leaves it

    assert running.go_on(job.pk) is False  # the lease still stands
    with time_machine.travel(timezone.now() + running.LEASE + timedelta(seconds=1)):
        running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.imported, job.repeated, job.refused) == ("done", 45, 39, 0, 6)
    assert Lead.objects.count() == 39


def test_the_lease_is_renewed_while_a_sheet_is_turned_and_who_lost_it_stores_nothing(
    monkeypatch: pytest.MonkeyPatch, private_root: Path
) -> None:
    monkeypatch.setattr(turning, "RENEWAL", 0)
    job, real, leases = queued(with_gaps()), sheet.read_rows, []

    def slow(file: Any, *, after: Position) -> Iterator[Record]:
        """Each row takes two seconds; before the last one another worker takes the import."""
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for number, record in enumerate(real(file, after=after)):
                clock.shift(timedelta(seconds=2))
                leases.append(LeadImport.objects.get().lease_until)
                if number == 44:
                    LeadImport.objects.update(lease_until=timezone.now() + running.LEASE * 2)
                yield record

    monkeypatch.setattr(sheet, "read_rows", slow)
    assert running.go_on(job.pk) is False

    job.refresh_from_db()
    assert len(leases) == 45
    assert all(earlier < later for earlier, later in pairwise(leases[1:]) if earlier and later)
    assert (job.state, job.table.name, job.rows_read, Lead.objects.count()) == ("running", "", 0, 0)
    assert len(list(private_root.iterdir())) == 1


def test_a_table_that_is_gone_is_made_again_and_the_position_holds(
    monkeypatch: pytest.MonkeyPatch, private_root: Path
) -> None:
    monkeypatch.setattr(running, "BATCH", 10)
    job = queued(with_gaps())
    running.go_on(job.pk, shift=0)
    job.refresh_from_db()
    job.table.storage.delete(job.table.name)

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.imported, job.repeated) == ("done", 45, 39, 0)


def test_a_sheet_that_turns_out_hostile_stops_the_import_and_leaves_no_table(
    monkeypatch: pytest.MonkeyPatch, private_root: Path
) -> None:
    """Its limits are those of the look before: here the second look meets them."""
    job = queued(with_gaps())
    monkeypatch.setattr(sheet, "MOST_ROWS", 40)

    assert running.go_on(job.pk) is False

    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", "The sheet has more than 40 rows. Save it as CSV and send that.")
    assert (Lead.objects.count(), len(list(private_root.iterdir()))) == (0, 1)


def test_a_table_says_what_its_sheet_says() -> None:
    cells = ['"', ",", "two\nlines", "\r", "\r\n", "two\u2028lines", "tea \ufeff", "'", *["LONG"] * 5]
    rows: list[list[Any]] = [[1, *cells], [2, "=A1*2", " ", 4.185], [3, None, None, "end"]]
    content = grown(spreadsheet(HEADER, *rows), "LONG", "é" * sheet.LONGEST_CELL)
    name, wanted = "imports/table", list(sheet.read_rows(content, after=Position()))

    with (
        turning.turned(content, storage=private_files(), name=name, renew=lambda: None) as kept,
        Path(private_files().path(kept)).open("rb") as table,
    ):
        found = list(turning.read_turned(table, after=Position()))
        again = list(turning.read_turned(table, after=found[0].after))

    assert [(row.line, row.cells, row.problem) for row in found] == [(row.line, row.cells, "") for row in wanted]
    assert again == found[1:]
    assert len(found) == 3


def test_a_cell_that_no_spreadsheet_program_could_hold_is_refused() -> None:
    content = grown(spreadsheet(HEADER, [1, "Tea"], [2, "LONG"]), "LONG", "x" * (sheet.LONGEST_CELL + 1))

    with pytest.raises(FileRefused, match="A cell of line 3 holds more than 128 KB"):
        list(sheet.read_rows(content, after=Position()))
