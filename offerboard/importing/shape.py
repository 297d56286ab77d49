"""What is known about a file before its rows are read, and the one way to say that it cannot be used."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_COLUMNS = 200
LONGEST_NAME = 100  # characters of a column's name
MOST_BLANK = 10_000  # rows one after the other; a file of nothing else would cost minutes to look through


class FileRefused(Exception):
    """The file cannot be imported at all; `str()` says why and what to do, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written. `rows` is for the progress bar: exact for CSV, as announced for XLSX."""

    format: str  # "csv" or "xlsx"
    encoding: str  # Python's name of it; "" for XLSX
    delimiter: str  # "" for XLSX
    columns: tuple[str, ...]
    rows: int

    def as_json(self) -> dict[str, object]:
        """As it is stored with the import."""
        return {name: getattr(self, name) for name in self.__slots__} | {"columns": list(self.columns)}

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> "Shape":
        """The same, read back."""
        words = dict(stored)
        return cls(**words | {"columns": tuple(words["columns"])})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a file has been read: bytes (CSV only) and lines, the header among them."""

    offset: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line it begins at, its cells, and where reading goes on after it."""

    line: int
    cells: list[str]
    after: Position
    problem: str = ""  # why the row could not be taken apart


def refuse_blank(rows: int, *, line: int) -> None:
    """Raises FileRefused where so many blank rows have come one after the other."""
    if rows > MOST_BLANK:
        words = {"line": line, "most": MOST_BLANK}
        raise FileRefused(
            _("Above line %(line)d stand more than %(most)d blank rows. Delete them and try again.") % words
        )
