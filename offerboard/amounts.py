"""Amounts as people from anywhere write them: 4180, 4,180.50, 4 180,50, ٤١٨٠."""

import re
import unicodedata
from decimal import Decimal

GAPS = str.maketrans("", "", " '_\u2019\u00a0\u2009\u202f")
SIGNS = str.maketrans({"\u066b": ".", "\u066c": ",", "\u060c": ",", "\u2212": "-"})  # Arabic separators, a true minus
PLAIN = re.compile(r"-?\d+")
ONE_MARK = re.compile(r"(-?)(\d*)([.,])(\d+)")
GROUPED = re.compile(r"(-?\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d*))?")
INDIAN = re.compile(r"-?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?")  # lakhs and crores: 12,34,567
LONGEST = 40  # characters; numbers that fit a column are shorter


class NotANumber(ValueError):
    """No digits in an order that means a number."""


class TwoReadings(ValueError):
    """A number to some and another to others; holds both as text that has one, the larger one first."""


def read_amount(text: str) -> Decimal:
    """The number a person wrote, whatever marks the thousands and the decimals.

    A comma before three digits groups thousands, as this site writes them. A point before three digits stands for
    thousands in half the world and for decimals in the other half. Raises NotANumber, TwoReadings.
    """
    text = "".join(_latin(character) for character in text[: LONGEST + 1].translate(GAPS).translate(SIGNS))
    if len(text) > LONGEST:
        raise NotANumber
    if PLAIN.fullmatch(text):
        return Decimal(text)
    if found := ONE_MARK.fullmatch(text):
        return _one_mark(sign=found[1], whole=found[2] or "0", mark=found[3], rest=found[4])
    if found := GROUPED.fullmatch(text):
        return Decimal(f"{re.sub('[.,]', '', found[1])}.{found[3] or 0}")
    if INDIAN.fullmatch(text):
        return Decimal(text.replace(",", ""))
    raise NotANumber


def read_whole(text: str) -> int:
    """A whole number, however many noughts stand behind its decimal sign. Raises NotANumber, TwoReadings."""
    number = read_amount(text)
    if number != int(number):
        raise NotANumber
    return int(number)


def write_amount(value: Decimal) -> str:
    """The number in a form that `read_amount` reads the same way."""
    text = f"{value.normalize():f}"
    _whole, _point, decimals = text.partition(".")
    return f"{text}0" if len(decimals) == 3 else text


def _one_mark(*, sign: str, whole: str, mark: str, rest: str) -> Decimal:
    is_group = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")
    if is_group and mark == ".":
        raise TwoReadings(f"{sign}{whole}{rest}", write_amount(Decimal(f"{sign}{whole}.{rest}")))
    return Decimal(f"{sign}{whole}{rest}" if is_group else f"{sign}{whole}.{rest}")


def _latin(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
