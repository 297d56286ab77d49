"""What a company sees of its imports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Company
from offerboard import presentation
from offerboard.importing import pace
from offerboard.importing.cells import unguard
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import Shape
from offerboard.importing.source import first_rows
from offerboard.models import LeadImport

SHOWN_IMPORTS = 50
SHOWN_REFUSED = 100
SHOWN_CATEGORIES = 100
PREVIEWED = 5
LONGEST_CELL = 60  # characters of a cell in the preview
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
STATE_COLOURS = {"done": "tag-ok", "failed": "tag-bad"}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in the list."""

    url: str
    name: str
    state: str
    colour: str
    summary: str
    moment: datetime
    ago: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """How far an import has come and what became of its rows."""

    url: str
    name: str
    written: str  # how the file is written
    state: str
    colour: str
    is_running: bool
    is_waiting: bool  # for the next day: nothing changes before
    has_repeated: bool
    is_done: bool
    failure: str
    percent: int
    progress: str
    counts: list[tuple[str, str]]
    notices: list[str]
    unknown: list[tuple[str, str]]
    refused: list[tuple[str, str, list[tuple[str, str]]]]  # line, title or key, (column, reason) …
    refused_more: str
    has_refused_file: bool
    repeats: list[tuple[str, str]]  # line, the line it repeats
    has_more_repeats: bool
    kept_until: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The file's first rows as they stand in it."""

    name: str
    written: str
    columns: tuple[str, ...]
    rows: list[tuple[str, list[str]]]  # line, cells


def my_imports(*, company: Company, now: datetime) -> list[ImportRow]:
    """The company's imports, newest first. One query."""
    found = LeadImport.objects.filter(company=company).order_by("-created_at")[:SHOWN_IMPORTS]
    return [_row(one, now=now) for one in found]


def import_page(lead_import: LeadImport) -> ImportPage:
    """One import, with the first of its refused rows and repeats. Two queries, and one more while it waits."""
    one, shape, mapping = lead_import, Shape.from_json(lead_import.shape), Mapping(**lead_import.mapping)
    refused = list(one.refused_rows.order_by("line")[:SHOWN_REFUSED])
    repeats = list(one.seen_rows.exclude(first_line=None).order_by("line")[: SHOWN_REFUSED + 1])
    unknown = sorted(one.unknown_categories.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = one.refused - len(refused)
    more = ngettext("%(n)s more refused row is in the file.", "%(n)s more refused rows are in the file.", rest)
    return ImportPage(
        url=one.get_absolute_url(),
        name=one.name,
        written=how_written(shape),
        state=_state(one),
        colour=STATE_COLOURS.get(one.state, ""),
        is_waiting=_waits_for_next_day(one),
        has_repeated=bool(one.repeated),
        is_running=one.state in {LeadImport.State.QUEUED, LeadImport.State.RUNNING},
        is_done=one.state == LeadImport.State.DONE,
        failure=one.failure,
        percent=_percent(one, shape),
        progress=_progress(one, shape),
        counts=[
            (_("Imported"), _n(one.imported)),
            (_("Imported before, or twice in this file"), _n(one.repeated)),
            (_("Refused"), _n(one.refused)),
        ],
        notices=_notices(one),
        unknown=[(name, _n(rows)) for name, rows in unknown[:SHOWN_CATEGORIES]],
        refused=[
            (str(row.line), row_name(row.cells, shape, mapping), list(zip(row.columns, row.reasons, strict=True)))
            for row in refused
        ],
        refused_more=more % {"n": _n(rest)} if refused and rest > 0 else "",
        has_refused_file=bool(refused),
        repeats=[(str(row.line), str(row.first_line)) for row in repeats[:SHOWN_REFUSED]],
        has_more_repeats=len(repeats) > SHOWN_REFUSED,
        kept_until=presentation.day((one.ended_at or one.created_at) + LeadImport.KEPT),
    )


def preview(lead_import: LeadImport) -> Preview:
    """The file's first rows. Raises FileRefused, FileNotFoundError."""
    shape = Shape.from_json(lead_import.shape)
    with lead_import.file.open("rb") as file:
        records = first_rows(file, shape, PREVIEWED)
    width = len(shape.columns)
    cells = [[_cut(cell) for cell in (record.cells + [""] * width)[:width]] for record in records]
    rows = [(str(record.line), row) for record, row in zip(records, cells, strict=True)]
    return Preview(name=lead_import.name, written=how_written(shape), columns=shape.columns, rows=rows)


def refused_rows(lead_import: LeadImport) -> Iterator[list[str]]:
    """All refused rows as cells, the header first: line, reasons, then the row as it was."""
    shape = Shape.from_json(lead_import.shape)
    yield ["line", "reason", *shape.columns]
    for row in lead_import.refused_rows.order_by("line").iterator(chunk_size=1000):
        pairs = zip(row.columns, row.reasons, strict=True)
        yield [str(row.line), "; ".join(f"{column}: {why}" if column else why for column, why in pairs), *row.cells]


def how_written(shape: Shape) -> str:
    """Format, letters and delimiter in words."""
    columns = ngettext("%(n)s column", "%(n)s columns", len(shape.columns)) % {"n": _n(len(shape.columns))}
    rows = ngettext("%(n)s row", "%(n)s rows", shape.rows) % {"n": _n(shape.rows)}
    if shape.format == "xlsx":
        return f"XLSX · {columns} · {rows}"
    marks = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical bar")}
    parted = _("parted by %(mark)s") % {"mark": marks[shape.delimiter]}
    return " · ".join(["CSV", ENCODINGS[shape.encoding], parted, columns, rows])


def row_name(cells: Sequence[str], shape: Shape, mapping: Mapping) -> str:
    """By what a person knows a row again that became no lead: its title, else its key; "" where it has neither."""
    said = dict(zip(shape.columns, cells, strict=False))
    columns = [*mapping.columns.get("title", []), mapping.key]
    texts = (" ".join(unguard(said.get(column, "")).split()) for column in columns)
    return _cut(next((text for text in texts if text), ""))


def _row(one: LeadImport, *, now: datetime) -> ImportRow:
    moment = one.ended_at or one.created_at
    summary = how_written(Shape.from_json(one.shape))
    if one.rows_read:
        words = {"imported": _n(one.imported), "repeated": _n(one.repeated), "refused": _n(one.refused)}
        summary = _("%(imported)s imported · %(repeated)s there already · %(refused)s refused") % words
    return ImportRow(
        url=one.get_absolute_url(),
        name=one.name,
        state=_state(one),
        colour=STATE_COLOURS.get(one.state, ""),
        summary=summary,
        moment=moment,
        ago=presentation.ago(moment, now=now),
    )


def _percent(one: LeadImport, shape: Shape) -> int:
    if one.state == LeadImport.State.DONE:
        return 100
    return min(99, one.rows_read * 100 // max(shape.rows, 1))


def _state(one: LeadImport) -> str:
    return str(LeadImport.State.QUEUED.label if one.waits_until else one.get_state_display())


def _progress(one: LeadImport, shape: Shape) -> str:
    if one.state == LeadImport.State.QUEUED:
        # It may have begun since it was loaded: it does not wait for itself.
        others = LeadImport.objects.filter(company=one.company_id).exclude(pk=one.pk)
        running = others.filter(state=LeadImport.State.RUNNING).first()
        if running:
            words = _("It begins when “%(name)s” is done: files of one company are imported one after the other.")
            return words % {"name": running.name}
    if one.state == LeadImport.State.RUNNING and shape.format == "xlsx" and not one.by_command and not one.table:
        return _("The sheet is being read")
    read = _("%(n)s of %(total)s rows read") % {"n": _n(one.rows_read), "total": _n(max(shape.rows, one.rows_read))}
    if one.waits_until and _waits_for_next_day(one):
        words = _("%(read)s. Your company may import %(most)s leads a day. The rest goes on by itself after %(time)s.")
        time = presentation.full_time(one.waits_until)
        return words % {"read": read, "most": _n(settings.LEADS_PER_DAY), "time": time}
    if one.waits_until:
        return _("%(read)s. The database was busy; it goes on by itself within a minute.") % {"read": read}
    return read


def _waits_for_next_day(one: LeadImport) -> bool:
    return one.waits_until is not None and pace.is_next_day(one.waits_until)


def _notices(one: LeadImport) -> list[str]:
    found = []
    if one.shortened:
        words = ngettext(
            "%(n)s title was too long. It was shortened, and the whole title begins the description.",
            "%(n)s titles were too long. They were shortened, and the whole title begins the description.",
            one.shortened,
        )
        found.append(words % {"n": _n(one.shortened)})
    if one.masked:
        words = ngettext(
            "In %(n)s row an e-mail address or telephone number was hidden.",
            "In %(n)s rows e-mail addresses or telephone numbers were hidden.",
            one.masked,
        )
        found.append(words % {"n": _n(one.masked)})
    if one.fallen:
        words = ngettext(
            "%(n)s row names a category that we do not know. It was filed under the one you chose for such rows.",
            "%(n)s rows name categories that we do not know. They were filed under the one you chose for such rows.",
            one.fallen,
        )
        found.append(words % {"n": _n(one.fallen)})
    return found


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"


def _n(count: int) -> str:
    return presentation.number(count)
