"""Numbers of a file: which sign its decimals have, and the prices that name their currency."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from offerboard.amounts import NotANumber, TwoReadings, read_amount, write_amount

Decimals = Literal["", "point", "comma"]  # "" is not known
NUMBERS = ("quantity", "price")
MARKS = re.compile(r"[.,]")
# To read_amount always thousands, as this site writes them; other people's programs write decimals so.
THREE_AFTER_COMMA = re.compile(r"-?[^\D0]\d{0,2},\d{3}")
GAPS = re.compile(r"['_\s\u2019]")
_WORD = r"[A-Za-z]{3,6}\.?|[A-Z]{2}\$|[$€£¥₹]"
PRICE = re.compile(rf"(?P<before>{_WORD})?\s*(?P<number>-?\d[^A-Za-z$€£¥₹]*?)\s*(?P<after>{_WORD})?")


def read_number(text: str, decimals: Decimals) -> Decimal:
    """The number in a cell, where `decimals` settles what could be read two ways. Raises NotANumber, TwoReadings."""
    try:
        number = read_amount(text)
    except TwoReadings as error:
        if not decimals:
            raise TwoReadings(error.args[0], write_amount(Decimal(error.args[1]))) from error
        return Decimal(error.args[0] if decimals == "comma" else error.args[1])
    plain = GAPS.sub("", text)
    if decimals == "point" or not THREE_AFTER_COMMA.fullmatch(plain):
        return number
    small = Decimal(plain.replace(",", "."))
    if decimals == "comma":
        return small
    raise TwoReadings(f"{number:f}", write_amount(small))


def find_decimals(texts: Iterable[str], *, is_typed: bool) -> Decimals:
    """What the cells that can be read in one way only have in common; "" where they show nothing, or differ.

    In a table whose numbers are typed (XLSX), a single point is how the number was stored, and proves nothing.
    """
    found: set[Decimals] = set()
    for text in texts:
        marks = MARKS.findall(text)
        if marks and not (is_typed and marks == ["."]) and (sign := _shown_by(text, marks)):
            found.add(sign)
    return found.pop() if len(found) == 1 else ""


def part_currency(text: str, names: Mapping[str, str]) -> tuple[str, str]:
    """A price without the currency beside it, and its code; "$" stays a sign, since many dollars are written so.

    What names no currency stays in the text, so that it is refused as a number.
    """
    found = PRICE.fullmatch(text)
    if found is None or bool(found["before"]) == bool(found["after"]):
        return text, ""
    word = found["before"] or found["after"]
    code = "$" if word == "$" else names.get(word.casefold().rstrip("."), "")
    return (found["number"], code) if code else (text, "")


def _shown_by(text: str, marks: list[str]) -> Decimals:
    """The sign of decimals that a cell proves; a currency beside the number is passed over."""
    found = PRICE.fullmatch(text)
    try:
        read_number(found["number"] if found else text, "")
    except (NotANumber, TwoReadings):
        return ""
    is_grouped = len(marks) > 1 and marks[0] == marks[-1]  # the same mark twice parts thousands
    return "point" if (marks[-1] == ".") != is_grouped else "comma"
