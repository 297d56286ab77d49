"""Reading single cells: the same rules as the lead form's, without the form, for a million rows.

`tests/offerboard/test_import_rules.py` holds both against each other.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from directory import hs
from offerboard.amounts import NotANumber, TwoReadings, read_amount
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm, PaymentTerms, Samples
from offerboard.models import Lead

LONGEST: dict[str, int] = {  # characters that a column holds
    field.name: field.max_length or 0
    for field in Lead._meta.fields
    if field.name in {"title", "description", "place", "brand", "model", "packaging"}
}
MOST = Decimal(10**12)
MOST_DAYS, MOST_LEAD_TIME = 365, 1000
MOST_DESTINATIONS = 30
SEPARATORS = re.compile(r"[,;|]")
NO_DECIMALS = re.compile(r"\.0*$")
KINDS = {
    Lead.Kind.SELL_OFFER: ("sell", "sell offer", "offer", "selling", "supply", "s"),
    Lead.Kind.BUY_INQUIRY: ("buy", "buy inquiry", "inquiry", "enquiry", "buying", "demand", "request", "b"),
}
# What spreadsheets show where a formula failed.
BROKEN_CELLS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
Reader = Callable[[str], Any]


class CellRefused(ValueError):
    """The cell cannot be used; `str()` says why, in the reader's language."""


def line(text: str, *, most: int) -> str:
    """One line; white space counts once."""
    text = " ".join(text.split())
    if len(text) > most:
        raise CellRefused(_("Longer than %(most)d characters (%(n)d).") % {"most": most, "n": len(text)})
    return text


def several_lines(text: str, *, most: int) -> str:
    """A text with plain line breaks."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise CellRefused(_("Longer than %(most)d characters (%(n)d).") % {"most": most, "n": len(text)})
    return text


def amount(text: str, *, places: int) -> Decimal:
    """A number above zero."""
    try:
        number = read_amount(text)
    except NotANumber as error:
        raise CellRefused(_("“%(text)s” is not a number.") % {"text": text[:40]}) from error
    except TwoReadings as error:
        words = {"text": text[:40], "large": error.args[0], "small": error.args[1]}
        raise CellRefused(_("“%(text)s” can be read as %(large)s or as %(small)s.") % words) from error
    if number <= 0:
        raise CellRefused(_("Not above zero."))
    if number >= MOST:
        raise CellRefused(_("Too large."))
    if number != round(number, places):
        raise CellRefused(_("More than %(n)d digits after the decimal point.") % {"n": places})
    return number


def days(text: str, *, least: int, most: int) -> int:
    """A whole number of days."""
    text = NO_DECIMALS.sub("", text)
    if not text.isdecimal() or len(text) > 4 or not least <= int(text) <= most:
        words = {"least": least, "most": most}
        raise CellRefused(_("Not a whole number of days from %(least)d to %(most)d.") % words)
    return int(text)


def several_of(names: dict[str, str], text: str) -> list[str]:
    """The codes of a list parted by commas, semicolons or bars, each once."""
    found = list(dict.fromkeys(one_of(names, part) for part in SEPARATORS.split(text) if part.strip()))
    if len(found) > MOST_DESTINATIONS:
        raise CellRefused(_("More than %(most)d countries.") % {"most": MOST_DESTINATIONS})
    return found


def hs_code(text: str) -> str:
    """Digits of a code that exists."""
    try:
        return hs.normalise(text)
    except hs.UnknownHsCode as error:
        raise CellRefused(str(error)) from error


def one_of(names: dict[str, str], text: str) -> str:
    """The code that goes by this name."""
    try:
        return names[" ".join(text.casefold().split())]
    except KeyError:
        raise CellRefused(_("“%(text)s” is not in the list.") % {"text": text[:40]}) from None


def readers() -> dict[str, Reader]:
    """How each field's cell is read; raises CellRefused. Built once an import, in the language of its member."""
    lists = {
        "kind": _names((code, (code, *also)) for code, also in KINDS.items()),
        "unit": _names((code, (code, one.singular, one.plural, str(one.symbol))) for code, one in UNITS.items()),
        "currency": _names((code, (code,)) for code in CURRENCIES),
        "origin": _names((code, (code, countries.alpha3(code), name)) for code, name in countries),
        "condition": _names((one.value, (one.value, one.name, one.label.split(",")[0])) for one in Condition),
        "samples": _names((one.value, (one.value, one.label)) for one in Samples),
        "incoterm": _names((one.value, (one.value,)) for one in Incoterm),
        "payment_terms": _names((one.value, (one.value, one.label)) for one in PaymentTerms),
    }
    return {
        **{name: partial(one_of, names) for name, names in lists.items()},
        **{name: partial(line, most=LONGEST[name]) for name in ("place", "brand", "model", "packaging")},
        "destinations": lambda text: several_of(lists["origin"], text),
        "description": partial(several_lines, most=LONGEST["description"]),
        "quantity": partial(amount, places=3),
        "price": partial(amount, places=4),
        "hs_code": hs_code,
        "valid_days": partial(days, least=1, most=MOST_DAYS),
        "lead_time_days": partial(days, least=0, most=MOST_LEAD_TIME),
    }


def _names(entries: Iterable[tuple[str, Iterable[Any]]]) -> dict[str, str]:
    """Every name of a code; codes before words, and the first of two that go by one name."""
    names: dict[str, str] = {}
    listed = [(str(code), [str(name).casefold() for name in also if name]) for code, also in entries]
    for code, _also in listed:
        names[code.casefold()] = code
    for code, also in listed:
        for name in also:
            names.setdefault(name, code)
    return names
