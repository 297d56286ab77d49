"""Cells that a spreadsheet would take for a formula: written with a mark in front, read back without it."""

import re

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "'"
# What a program may have left uncomputed: =1+2, ＝SUM(A1), @SUM(…), +HYPERLINK(…). A telephone number or "-" is none.
FORMULA = re.compile(r"\s*(?:[=＝]|[@＠+＋\-－][A-Za-z][A-Za-z.]*\()")


def guard(text: str) -> str:
    """The text so that no spreadsheet computes it; `unguard` gives it back."""
    return MARK + text if text.startswith((*STARTS_FORMULA, MARK)) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`; other texts stay as they are."""
    return text[1:] if text[:1] == MARK and text[1:].startswith((*STARTS_FORMULA, MARK)) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute the cell; one with `guard`'s mark in front is text."""
    return bool(FORMULA.match(text))
