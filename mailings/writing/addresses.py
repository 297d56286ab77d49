"""Addresses that stand in a text as they are: mail programs make links of them, and so do we."""

import re
from collections.abc import Iterator

_SIGN = r"[^\s<>\"'`()\[\]{}\\“”‘’«»、。，：；！？「」（）]"
# As mail programs find them: up to a blank, a quotation mark or a bracket that was opened before the address.
BARE = re.compile(rf"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]*://|www\.)(?:{_SIGN}|\({_SIGN}*\))+", re.IGNORECASE)
ENDS = ".,;:!?*_…،؛؟।"  # of a sentence, or of words that are stressed


def bare_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Where each begins, and the address without what ends its sentence."""
    return ((one.start(), one.group().rstrip(ENDS)) for one in BARE.finditer(text))
