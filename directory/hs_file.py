"""The Harmonized System as a CSV file in the form of UN Comtrade: section, hscode, description, parent, level."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from directory import hs

COLUMNS = ("hscode", "description", "parent", "level")  # a section is not used, so it may be missing
LARGEST = 20 * 1024 * 1024  # bytes; the six-digit names take less than one megabyte
LONGEST_NAME = 1000  # characters, as the column has them
TOTAL = "TOTAL"  # Comtrade's word for everything together: the parent of all chapters, and a line of its own


class WrongHsFile(ValueError):
    """The file is not what it should be; `str()` names the line and the column."""


@dataclass(frozen=True, slots=True)
class HsFile:
    """What a file says."""

    names: Mapping[str, str]  # by code, of 2, 4 or 6 digits
    left_out: int  # lines about chapters 98 and 99 and the total of everything


def read_hs_file(content: bytes, *, edition: int) -> HsFile:
    """All names of a file. Raises WrongHsFile at the first thing that is wrong, so that nothing is half read."""
    names: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    left_out = 0
    for line, row in _rows(_text(content)):
        code = row["hscode"].strip()
        if code == TOTAL or code[:2] in hs.NATIONAL_CHAPTERS:
            left_out += 1
            continue
        _check(line, code, row, edition=edition)
        if code in names:
            raise _wrong(line, "hscode", _("the code %(code)s stands there twice") % {"code": code})
        names[code] = " ".join(row["description"].split())
        parents.append((line, code[:-2]))
    if not names:
        raise WrongHsFile(_("The file holds no codes."))
    for line, parent in parents:
        if parent and parent not in names:
            raise _wrong(line, "parent", _("the file has no code %(code)s") % {"code": parent})
    return HsFile(names=names, left_out=left_out)


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise WrongHsFile(_("The file is larger than %(most)d MB.") % {"most": LARGEST // 1024 // 1024})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WrongHsFile(_("Line %(line)d is not written in UTF-8.") % {"line": line}) from error


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line with its number, by the names in the first one."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in head]:
            words = {"columns": ", ".join(missing), "all": ", ".join(("section", *COLUMNS))}
            raise WrongHsFile(_("Line 1 lacks these columns: %(columns)s. It should read: %(all)s.") % words)
        for row in reader:
            if not any(row):
                continue
            if len(row) != len(head):
                counted = {"line": reader.line_num, "n": len(row), "wanted": len(head)}
                raise WrongHsFile(_("Line %(line)d has %(n)d columns instead of %(wanted)d.") % counted)
            yield reader.line_num, dict(zip(head, row, strict=True))
    except csv.Error as error:
        wrong = {"line": reader.line_num, "error": error}
        raise WrongHsFile(_("Line %(line)d is not CSV: %(error)s.") % wrong) from error


def _check(line: int, code: str, row: Mapping[str, str], *, edition: int) -> None:
    """Raise WrongHsFile for a line that contradicts itself or, where we know the edition, the nomenclature."""
    if not (code.isascii() and code.isdigit() and len(code) in {2, 4, 6}):
        raise _wrong(line, "hscode", _("“%(code)s” is not 2, 4 or 6 digits") % {"code": code[:20]})
    if row["level"].strip() != str(len(code)):
        raise _wrong(line, "level", _("%(code)s has %(n)d digits") % {"code": code, "n": len(code)})
    if row["parent"].strip() != (code[:-2] or TOTAL):
        raise _wrong(
            line, "parent", _("%(code)s belongs under %(parent)s") % {"code": code, "parent": code[:-2] or TOTAL}
        )
    name = row["description"].strip()
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        words = _("a name of 1 to %(most)d characters is needed") % {"most": LONGEST_NAME}
        raise _wrong(line, "description", words)
    if edition == hs.EDITION and not _exists(code):
        words = _("HS %(edition)d has no %(code)s; is this file of another edition?")
        raise _wrong(line, "hscode", words % {"edition": edition, "code": hs.display(code)})


def _exists(code: str) -> bool:
    return code in hs.CHAPTERS if len(code) == 2 else hs.heading_exists(code[:4])


def _wrong(line: int, column: str, why: str) -> WrongHsFile:
    words = {"line": line, "column": column, "why": why}
    return WrongHsFile(_("Line %(line)d, column “%(column)s”: %(why)s.") % words)
