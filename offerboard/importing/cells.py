"""Cells that a spreadsheet would take for a formula: written with a mark in front, read back without it."""

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "'"


def guard(text: str) -> str:
    """The text so that no spreadsheet computes it; `unguard` gives it back."""
    return MARK + text if text.startswith((*STARTS_FORMULA, MARK)) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`; other texts stay as they are."""
    return text[1:] if text[:1] == MARK and text[1:].startswith((*STARTS_FORMULA, MARK)) else text
