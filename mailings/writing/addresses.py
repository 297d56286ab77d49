"""Addresses that stand in a text as they are: mail programs make links of them, and so do we."""

import re
from collections.abc import Iterator

_SIGN = r"[^\s<>\"'`()\[\]{}\\“”‘’«»、。，：；！？「」（）]"
# As mail programs find them: up to a blank, a quotation mark or a bracket that was opened before the address.
BARE = re.compile(rf"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{{0,30}}://|www\.)(?:{_SIGN}|\({_SIGN}*\))+", re.IGNORECASE)
# A name alone, as in “acme.example.com”: many mail programs make a link of that too. What follows an @ is none.
DOMAIN = re.compile(
    r"(?<![a-z0-9@._/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|net|org|info|biz|shop|store|online|site|xyz|club|market|app|dev|io|example|(?<=[a-z]\.)[a-z]{2})"
    r"(?![a-z0-9@_-])(?!\.[a-z0-9])",
    re.ASCII | re.IGNORECASE,
)
ENDS = ".,;:!?*_…،؛؟।"  # of a sentence, or of words that are stressed


def bare_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Where each begins, and the address without what ends its sentence."""
    return ((one.start(), one.group().rstrip(ENDS)) for one in BARE.finditer(text))


def bare_domains(text: str) -> Iterator[str]:
    """Names of hosts that stand in a text without a scheme, outside of whole addresses."""
    return (one.group() for one in DOMAIN.finditer(BARE.sub(" ", text)) if _is_in_one_case(one.group()))


def _is_in_one_case(name: str) -> bool:
    """Its end is in small letters, or all of it in capitals: “on Sunday.It” and “GmbH & Co.KG” are no addresses."""
    return name.rpartition(".")[2].islower() or name.isupper()
