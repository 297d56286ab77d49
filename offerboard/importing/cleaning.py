"""From a row of a file to a lead that can stand on the board, or to the reasons why it cannot."""

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from offerboard.importing import aliases
from offerboard.importing.cells import is_formula, unguard
from offerboard.importing.fields import FIELDS
from offerboard.importing.mapping import Mapping
from offerboard.importing.numbers import Decimals, part_currency
from offerboard.importing.shape import Record, Shape
from offerboard.importing.shelves import Shelves
from offerboard.importing.tiers import settle_tiers, tiers_reader
from offerboard.importing.values import BROKEN_CELLS, LONGEST, CellRefused, Reader, currency_names, readers
from offerboard.models import Lead
from offerboard.tiers import Tier
from privacy.masking import mask_contacts, visible

LONGEST_KEY = 200
TITLE, DESCRIPTION = LONGEST["title"], LONGEST["description"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused, and the column at fault ("" where it is the whole row)."""

    column: str
    reason: str


@dataclass(slots=True)
class CleanRow:
    """A lead in the making: its columns by name, and what was done to fit them in.

    `content` stands for what the columns in use say, where no column is the key.
    """

    key: str
    values: dict[str, Any]
    content: UUID | None = None
    shelf_slug: str = ""
    unknown_category: str = ""
    is_shortened: bool = False
    is_masked: bool = False
    tiers: tuple[Tier, ...] = ()


@dataclass(slots=True)
class Cleaned:
    """What became of one row: a lead or problems."""

    line: int
    cells: list[str]
    row: CleanRow | None = None
    problems: list[Problem] = field(default_factory=list)
    is_repeated: bool = False  # imported before
    is_twin: bool = False  # of an earlier row of the file


class RowCleaner:
    """Cleans the rows of one file by one mapping, in the language that is active when it is made."""

    def __init__(self, shape: Shape, mapping: Mapping) -> None:
        places = {name: place for place, name in enumerate(shape.columns)}
        self.width, self.is_csv = len(shape.columns), shape.format == "csv"
        self.columns = {
            name: [(places[column], column) for column in columns]
            for name, columns in mapping.columns.items()
            if columns
        }
        self.constants = mapping.constants
        self.used = sorted({place for columns in self.columns.values() for place, _column in columns})
        self.key = places[mapping.key] if mapping.key else None
        self.key_name = mapping.key
        self.readers, self.typed = _readers(mapping.decimals), _readers(mapping.decimal)
        self.currencies = currency_names()
        self.shelves = Shelves(mapping.categories)
        self.names = [name for name in self.readers if name in self.columns or self.constants.get(name)]

    def clean(self, record: Record) -> Cleaned:
        """The row as a lead, or every reason why it cannot be one."""
        cleaned = Cleaned(record.line, record.cells)
        problems = cleaned.problems
        if record.problem:
            problems.append(Problem("", record.problem))
            return cleaned
        if any(record.cells[self.width :]):
            problems.append(Problem("", self._too_many(len(record.cells))))
            return cleaned
        cells = record.cells + [""] * (self.width - len(record.cells))
        values: dict[str, Any] = {}
        self._refuse_formulas(cells, problems)
        row = CleanRow(key=self._key(cells, problems), values=values, content=self._content(cells))
        for name in self.names:
            self._read(name, cells, values, problems)
        self._file(cells, row, problems)
        self._title(cells, row, problems)
        row.tiers = self._settle_tiers(values, problems)
        self._judge(values, problems)
        if not problems:
            _mask(row)
            cleaned.row = row
        return cleaned

    def _too_many(self, cells: int) -> str:
        reason = _("The row has %(n)d cells; the header has %(most)d.") % {"n": cells, "most": self.width}
        if not self.is_csv:
            return reason
        how = _("A cell that holds the separator must stand in quotation marks.")
        return f"{reason} {how}"

    def constant_problem(self, name: str, text: str) -> str:
        """Why a value cannot stand in all rows, or ""."""
        if name == "category":
            return "" if self.shelves.find(text) else _("There is no category “%(name)s”.") % {"name": text[:80]}
        if name == "title":
            return ""
        try:
            self.typed[name](text)
        except CellRefused as refusal:
            return str(refusal)
        return ""

    def _text(self, name: str, cells: list[str]) -> str:
        """What the row says about a field, else the constant."""
        found = self.columns.get(name)
        if found:
            texts = [(visible(unguard(cells[place])), column) for place, column in found]
            first, *others = texts
            joined = [first[0], *(f"{column}: {text}" for text, column in others if text)]
            if text := "\n".join(piece for piece in joined if piece):
                return text
        return self.constants.get(name, "")

    def _column(self, name: str) -> str:
        """What a report calls the field: its column in the file, or its own name."""
        found = self.columns.get(name)
        return found[0][1] if found else str(FIELDS[name].label)

    def _read(self, name: str, cells: list[str], values: dict[str, Any], problems: list[Problem]) -> None:
        text = self._text(name, cells)
        if not text:
            return
        if text in BROKEN_CELLS:
            problems.append(Problem(self._column(name), _("The cell holds a spreadsheet error.")))
            return
        try:
            if name == "price":
                text = self._take_currency(text, values)
            elif name == "currency" and text == "$":
                text = _dollars(self.constants.get("currency", ""))
            values[name] = self.readers[name](text)
        except CellRefused as refusal:
            problems.append(Problem(self._column(name), str(refusal)))
            values[name] = None  # so that it is not called missing as well

    def _take_currency(self, text: str, values: dict[str, Any]) -> str:
        """The price without the currency written beside it, which is the row's then. Raises CellRefused."""
        number, code = part_currency(text, self.currencies)
        said = values.get("currency", "")
        if not code or said is None:  # the currency is refused already
            return number
        if code == "$":
            code = _dollars(said)
        values.setdefault("currency", code)
        if values["currency"] != code:
            words = {"text": text[:40], "code": said}
            raise CellRefused(_("“%(text)s” is not in %(code)s, the currency of the row.") % words)
        return number

    def _refuse_formulas(self, cells: list[str], problems: list[Problem]) -> None:
        for place, column in (pair for columns in self.columns.values() for pair in columns):
            if is_formula(cells[place]):
                reason = _("Starts with a formula. Write its result; a text gets an apostrophe (') in front.")
                problems.append(Problem(column, reason))

    def _key(self, cells: list[str], problems: list[Problem]) -> str:
        if self.key is None:
            return "\x1f".join(cells)
        key = " ".join(unguard(cells[self.key]).split())
        if not key:
            problems.append(Problem(self.key_name, _("Empty. Without it, a second import would repeat the row.")))
        elif len(key) > LONGEST_KEY:
            words = {"most": LONGEST_KEY, "n": len(key)}
            problems.append(Problem(self.key_name, _("Longer than %(most)d characters (%(n)d).") % words))
        return key

    def _content(self, cells: list[str]) -> UUID | None:
        if self.key is not None:
            return None
        said = "\x1f".join(unguard(cells[place]).strip() for place in self.used)
        return UUID(bytes=blake2b(said.encode(), digest_size=16).digest())

    def _file(self, cells: list[str], row: CleanRow, problems: list[Problem]) -> None:
        """Find the category; what is unknown goes to the one that was named for such cases."""
        text, fallback = self._text("category", cells), self.constants.get("category", "")
        shelf = self.shelves.find(text) if text else None
        if text and shelf is None and fallback:
            row.unknown_category = text[:80]
            shelf = self.shelves.find(fallback)
        if shelf is None:
            reason = _("There is no category “%(name)s”.") % {"name": text[:80]} if text else _("Empty.")
            problems.append(Problem(self._column("category"), reason))
            return
        row.values["category_id"], row.values["category_path"], row.shelf_slug = shelf.id, shelf.path, shelf.slug

    def _title(self, cells: list[str], row: CleanRow, problems: list[Problem]) -> None:
        """A title that is too long ends at a word; its whole text then begins the description."""
        title = " ".join(self._text("title", cells).split())
        if not title or title in BROKEN_CELLS:
            problems.append(Problem(self._column("title"), _("Empty.") if not title else _("A spreadsheet error.")))
            return
        description = row.values.get("description")
        if len(title) > TITLE and description is not None:
            if title not in " ".join(description.split()):
                description = f"{title}\n\n{description}"
            if len(description) > DESCRIPTION:
                words = {"most": TITLE, "n": len(title)}
                reason = _("Longer than %(most)d characters (%(n)d), and the description has no room for it.") % words
                problems.append(Problem(self._column("title"), reason))
            row.values["description"], row.is_shortened = description, True
            title = shorten(title, TITLE)
        row.values["title"] = title

    def _settle_tiers(self, values: dict[str, Any], problems: list[Problem]) -> tuple[Tier, ...]:
        """The prices by quantity, taken from the columns, since they go into a table of their own."""
        if problem := settle_tiers(values):
            problems.append(Problem(self._column("tiers"), problem))
        return values.pop("tiers", None) or ()

    def _judge(self, values: dict[str, Any], problems: list[Problem]) -> None:
        """What must be there, and what depends on another field; the database holds the same rules."""
        missing = [name for name in ("kind", "description", "quantity", "unit") if name not in values]
        problems += [Problem(self._column(name), _("Empty.")) for name in missing]
        if "price" not in values:
            values.pop("currency", None)
        elif "currency" not in values:
            problems.append(Problem(self._column("currency"), _("A price needs a currency.")))
        if values.get("kind") == Lead.Kind.SELL_OFFER and "origin" not in values:
            problems.append(Problem(self._column("origin"), _("A sell offer needs the country the goods come from.")))
        if values.get("incoterm") and "place" not in values:
            problems.append(Problem(self._column("place"), _("%(rule)s needs a place.") % {"rule": values["incoterm"]}))


def _readers(decimals: Decimals) -> dict[str, Reader]:
    return readers(decimals) | {"tiers": tiers_reader(decimals)}


def shorten(title: str, most: int) -> str:
    """The title's first words, with an ellipsis, in at most so many characters."""
    start = title[: most - 1]
    words = start.rsplit(" ", 1)[0] if " " in start[most // 2 :] else start
    return words.rstrip(" ,;:-–(/") + "…"


def _dollars(code: str) -> str:
    """Whose dollars "$" means, where the file says it. Raises CellRefused."""
    if code.upper() not in aliases.DOLLARS:
        raise CellRefused(_("“$” does not say whose dollars. Write USD, or choose a currency for all rows."))
    return code


def _mask(row: CleanRow) -> None:
    """Hide contact details before anything is stored, as everywhere; and write numbers for the database."""
    for name, most in LONGEST.items():
        text = row.values.get(name)
        if text and (masked := mask_contacts(text)[:most]) != text:
            row.values[name], row.is_masked = masked, True
    for name in ("quantity", "price"):
        if isinstance(row.values.get(name), Decimal):
            row.values[name] = format(row.values[name], "f")
