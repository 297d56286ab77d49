"""Countries that words name: who types "coffee from Vietnam" looks for coffee of companies in Viet Nam."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import get_language
from django_countries import countries

from offerboard.importing.aliases import COUNTRIES

NO_NAMES = {("us",), ("america",)}  # of one country: "contact us", "South America"
SIGNS = re.compile(r'"|(^|\s)-')  # who writes these says exactly what to look for
TOWARDS = "to"  # a country behind it is where goods go


class Named(NamedTuple):
    """The countries that words name, and the other words."""

    codes: tuple[str, ...]  # ISO 3166-1 alpha-2
    rest: tuple[str, ...]  # as typed


def named_countries(words: str) -> Named:
    """The countries in the words, by their names in the reader's language, in English or as traders write them."""
    typed = words.split() if not SIGNS.search(words) else []
    plain = [_plain(word) for word in typed]
    names = _names(get_language())
    longest = max(map(len, names))
    codes, rest, place = [], [], 0
    while place < len(typed):
        ends = range(min(place + longest, len(typed)), place, -1)
        end = next((end for end in ends if tuple(plain[place:end]) in names), 0)
        if end and plain[place - 1 : place] != [TOWARDS]:
            codes.append(names[tuple(plain[place:end])])
        else:
            end = end or place + 1
            rest += typed[place:end]
        place = end
    return Named(tuple(dict.fromkeys(codes)), tuple(rest))


def is_of_a_name(word: str) -> bool:
    """Whether it is a country's name or a part of one, such as "Viet"."""
    return _plain(word) in _parts(get_language())


@cache
def _names(language: str | None) -> Mapping[tuple[str, ...], str]:  # noqa: ARG001  # one half are names in this language
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
    names: dict[tuple[str, ...], str] = {}
    for code, name in countries:
        for one in (str(name), english[code], *COUNTRIES.get(code, ())):
            for spelt in (one, one.replace("-", " ")):
                names.setdefault(tuple(_plain(word) for word in spelt.split()), code)
    return {name: code for name, code in names.items() if name not in NO_NAMES}


@cache
def _parts(language: str | None) -> frozenset[str]:
    return frozenset(part for name in _names(language) for part in name)


def _plain(word: str) -> str:
    """Without accents, capitals and whatever is no letter or digit: "Türkiye," is "turkiye", "U.K." is "uk"."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if sign.isalnum())
