"""Reading single cells: the same rules as the lead form's, without the form, for a million rows.

`tests/offerboard/test_import_rules.py` holds both against each other.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from directory import hs
from offerboard.amounts import NotANumber, TwoReadings, read_whole
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm, PaymentTerms, Samples
from offerboard.importing import aliases
from offerboard.importing.numbers import Decimals, read_number
from offerboard.limits import LEAD_TIME_DAYS, MOST_AMOUNT, PRICE_PLACES, QUANTITY_PLACES, VALID_DAYS
from offerboard.models import Lead

LONGEST: dict[str, int] = {  # characters that a column holds
    field.name: field.max_length or 0
    for field in Lead._meta.fields
    if field.name in {"title", "description", "place", "brand", "model", "packaging"}
}
LONGEST_GUESSED, SHOWN_CODES = 40, 6
SEPARATORS = re.compile(r"[,;|]")
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


def amount(text: str, *, places: int, decimals: Decimals = "") -> Decimal:
    """A number above zero; what can be read two ways is settled by `decimals`, or refused."""
    try:
        number = read_number(text, decimals)
    except NotANumber as error:
        raise CellRefused(_("“%(text)s” is not a number.") % {"text": text[:40]}) from error
    except TwoReadings as error:
        words = {"text": text[:40], "large": error.args[0], "small": error.args[1]}
        reason = _(
            "“%(text)s” can be read as %(large)s or as %(small)s. "
            "Write one of these, or say where the columns are chosen how decimals are written."
        )
        raise CellRefused(reason % words) from error
    if number <= 0:
        raise CellRefused(_("Not above zero."))
    if number >= MOST_AMOUNT:
        raise CellRefused(_("Too large."))
    if number != round(number, places):
        raise CellRefused(_("More than %(n)d digits after the decimal point.") % {"n": places})
    return number


def days(text: str, *, allowed: range) -> int:
    """A whole number of days."""
    try:
        found = read_whole(text)
    except (NotANumber, TwoReadings):
        found = -1
    if found not in allowed:
        words = {"least": allowed[0], "most": allowed[-1]}
        raise CellRefused(_("Not a whole number of days from %(least)d to %(most)d.") % words)
    return found


def several_of(names: dict[str, str], text: str) -> list[str]:
    """The codes of a list parted by commas, semicolons or bars, each once."""
    return list(dict.fromkeys(one_of(names, part) for part in SEPARATORS.split(text) if part.strip()))


def hs_code(text: str) -> str:
    """Digits of a code that exists."""
    try:
        return hs.normalise(text)
    except hs.UnknownHsCode as error:
        raise CellRefused(_without_zero(text) or str(error)) from error


def _without_zero(text: str) -> str:
    """Says what is meant where a spreadsheet took a code for a number, which has no zero in front; else ""."""
    try:
        code = hs.display(hs.normalise(f"0{text}"))
    except hs.UnknownHsCode:
        return ""
    words = {"text": text[:40], "code": code}
    return _("“%(text)s” is no HS code. Is the zero in front missing: %(code)s?") % words


def one_of(names: dict[str, str], text: str) -> str:
    """The code that goes by this name."""
    word = " ".join(text.casefold().split())
    found = names.get(word) or names.get(word.rstrip("."))
    if found is None:
        raise CellRefused(_not_listed(text, word, names))
    return found


def _not_listed(text: str, word: str, names: dict[str, str]) -> str:
    """Says what is meant perhaps, else what the list begins with."""
    near = get_close_matches(word[:LONGEST_GUESSED], names, n=1, cutoff=0.7)
    if near:
        words = {"text": text[:40], "near": near[0], "code": names[near[0]]}
        return _("“%(text)s” is not in the list. The nearest is “%(near)s” (%(code)s).") % words
    some = ", ".join(list(dict.fromkeys(names.values()))[:SHOWN_CODES])
    return _("“%(text)s” is not in the list of codes and names, such as %(some)s.") % {"text": text[:40], "some": some}


def readers(decimals: Decimals = "") -> dict[str, Reader]:
    """How each field's cell is read; raises CellRefused. Built once an import, in the language of its member."""
    lists = _lists()
    return {
        **{name: partial(one_of, names) for name, names in lists.items()},
        **{name: partial(line, most=LONGEST[name]) for name in ("place", "brand", "model", "packaging")},
        "destinations": lambda text: several_of(lists["origin"], text),
        "description": partial(several_lines, most=LONGEST["description"]),
        "quantity": partial(amount, places=QUANTITY_PLACES, decimals=decimals),
        "price": partial(amount, places=PRICE_PLACES, decimals=decimals),
        "hs_code": hs_code,
        "valid_days": partial(days, allowed=VALID_DAYS),
        "lead_time_days": partial(days, allowed=LEAD_TIME_DAYS),
    }


def currency_names() -> dict[str, str]:
    """Every name of a currency, in small letters, with its code."""
    return _names((code, (code, *aliases.CURRENCIES.get(code, ()))) for code in CURRENCIES)


def _lists() -> dict[str, dict[str, str]]:
    """The fields that take one of a list: every name, in small letters, with its code."""
    with translation.override("en"):
        english = dict(countries)
    return {
        "kind": _names((code, (code, *also)) for code, also in KINDS.items()),
        "unit": _names(
            (code, (code, one.singular, one.plural, str(one.symbol), *aliases.UNITS.get(code, ())))
            for code, one in UNITS.items()
        ),
        "currency": currency_names(),
        "origin": _names(
            (code, (code, countries.alpha3(code), name, english[code], *aliases.COUNTRIES.get(code, ())))
            for code, name in countries
        ),
        "condition": _names((one.value, (one.value, one.name, one.label.split(",")[0])) for one in Condition),
        "samples": _names((one.value, (one.value, one.label)) for one in Samples),
        "incoterm": _names((one.value, (one.value,)) for one in Incoterm),
        "payment_terms": _names((one.value, (one.value, one.label)) for one in PaymentTerms),
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
