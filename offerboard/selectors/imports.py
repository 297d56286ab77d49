"""What a company sees of its imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Category, Company
from offerboard import presentation
from offerboard.importing.cleaning import Cleaned, CleanRow
from offerboard.importing.shape import Shape
from offerboard.importing.source import first_rows
from offerboard.importing.trial import Trial
from offerboard.models import Lead, LeadImport

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
    is_done: bool
    failure: str
    percent: int
    progress: str
    counts: list[tuple[str, str]]
    notices: list[str]
    unknown: list[tuple[str, str]]
    refused: list[tuple[str, list[tuple[str, str]]]]  # line, (column, reason) …
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


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row of the file as the lead it would become, or why it would not."""

    line: str
    title: str
    kind: str
    category: str
    quantity: str
    price: str
    note: str  # why a good row is left out, or ""
    problems: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TrialPage:
    """The first rows, tried out."""

    name: str
    tried: str
    good: str
    all_refused: bool
    button: str  # what it does; "" where no row would be imported
    pace: str  # how many days a large file takes, or ""
    rows: list[TriedRow]
    unknown: list[tuple[str, str]]


def my_imports(*, company: Company, now: datetime) -> list[ImportRow]:
    """The company's imports, newest first. One query."""
    found = LeadImport.objects.filter(company=company).order_by("-created_at")[:SHOWN_IMPORTS]
    return [_row(one, now=now) for one in found]


def import_page(lead_import: LeadImport) -> ImportPage:
    """One import, with the first of its refused rows and repeats. Two queries, and one more while it waits."""
    one, shape = lead_import, Shape.from_json(lead_import.shape)
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
        is_waiting=bool(one.waits_until),
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
        refused=[(str(row.line), list(zip(row.columns, row.reasons, strict=True))) for row in refused],
        refused_more=more % {"n": _n(rest)} if refused and rest > 0 else "",
        has_refused_file=bool(refused),
        repeats=[(str(row.line), str(row.first_line)) for row in repeats[:SHOWN_REFUSED]],
        has_more_repeats=len(repeats) > SHOWN_REFUSED,
        kept_until=presentation.day(one.created_at + LeadImport.KEPT),
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


def trial_page(lead_import: LeadImport, trial: Trial) -> TrialPage:
    """What would become of the first rows. One query."""
    shape = Shape.from_json(lead_import.shape)
    slugs = {one.row.shelf_slug for one in trial.first if one.row}
    names = dict(Category.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return TrialPage(
        name=lead_import.name,
        tried=_n(trial.rows_read),
        good=_n(trial.imported),
        all_refused=trial.refused == trial.rows_read,
        button=_button(shape, trial),
        pace=_pace(shape),
        rows=[_tried(one, names) for one in trial.first],
        unknown=[(name, _n(rows)) for name, rows in sorted(trial.unknown_categories.items())],
    )


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
        running = LeadImport.objects.filter(company=one.company_id, state=LeadImport.State.RUNNING).first()
        if running:
            words = _("It begins when “%(name)s” is done: files of one company are imported one after the other.")
            return words % {"name": running.name}
    if one.state == LeadImport.State.RUNNING and shape.format == "xlsx" and not one.by_command and not one.table:
        return _("The sheet is being read")
    read = _("%(n)s of %(total)s rows read") % {"n": _n(one.rows_read), "total": _n(max(shape.rows, one.rows_read))}
    if one.waits_until:
        words = _("%(read)s. Your company may import %(most)s leads a day. The rest goes on by itself after %(time)s.")
        time = presentation.full_time(one.waits_until)
        return words % {"read": read, "most": _n(settings.LEADS_PER_DAY), "time": time}
    return read


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


def _tried(one: Cleaned, names: dict[str, str]) -> TriedRow:
    row = one.row or CleanRow(key="", values={})
    values: dict[str, Any] = row.values
    price = _("On request")
    if values.get("price"):
        price = presentation.money(Decimal(values["price"]), values["currency"])
    return TriedRow(
        line=str(one.line),
        title=values.get("title", ""),
        kind=str(Lead.Kind(values["kind"]).label) if one.row else "",
        category=names.get(row.shelf_slug, ""),
        quantity=presentation.quantity(Decimal(values["quantity"]), values["unit"]) if one.row else "",
        price=price if one.row else "",
        note=_left_out(one),
        problems=[(problem.column, problem.reason) for problem in one.problems],
    )


def _left_out(one: Cleaned) -> str:
    if one.is_repeated:
        return _("Imported before")
    if not one.is_twin:
        return ""
    return _("Repeats another row of this file") if one.row and one.row.content else _("Same key as another row")


def _button(shape: Shape, trial: Trial) -> str:
    """Exact where the whole file was tried; else only a limit can be promised."""
    left_out = trial.rows_read - trial.imported
    if trial.refused == trial.rows_read or (trial.is_whole and not trial.imported):
        return ""
    if not trial.is_whole:
        return _("Import up to %(n)s rows") % {"n": _n(max(shape.rows - left_out, 1))}
    words = ngettext("Import %(n)s row", "Import %(n)s rows", trial.imported) % {"n": _n(trial.imported)}
    return _("%(import)s, leave out %(n)s") % {"import": words, "n": _n(left_out)} if left_out else words


def _pace(shape: Shape) -> str:
    if shape.rows <= settings.LEADS_PER_DAY:
        return ""
    words = _("Your company may import %(most)s leads a day. The rest of the file goes on by itself the next days.")
    return words % {"most": _n(settings.LEADS_PER_DAY)}


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"


def _n(count: int) -> str:
    return presentation.number(count)
