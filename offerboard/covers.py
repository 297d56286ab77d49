"""Which words a document must hold for a tsquery to find it: at least one of a set, the rarest such set there is."""

import re
from collections.abc import Iterator, Mapping

Cover = frozenset[str]
_PARTS = re.compile(r"'((?:[^'\\]|''|\\.)*)'|(<(?:-|\d+)>)|([!&|()])", re.DOTALL)
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)


def cover(query: str, shares: Mapping[str, float]) -> Cover | None:
    """A set of lexemes of which every document that the query finds holds one; None where there is no such set.

    `query` is a tsquery as PostgreSQL writes it. `shares` are the parts of all documents that hold a lexeme; what is
    not among them is rarer than they are. A phrase is as good as its rarest word.
    """
    found = _Reader(query, shares).either() if query else None
    return found or None


def lexemes(query: str) -> list[str]:
    """All lexemes of the query."""
    return [text for sign, text in _parts(query) if not sign]


def share(one: Cover, shares: Mapping[str, float]) -> float:
    """How many of all documents hold one of these, about; two that nobody has counted are more than one."""
    return sum(shares.get(lexeme, 1e-9) for lexeme in one)


def _parts(query: str) -> Iterator[tuple[str, str]]:
    """Signs, and lexemes behind an empty sign."""
    for found in _PARTS.finditer(query):
        text, near, sign = found.groups()
        if text is None:
            yield ("&" if near else sign), ""  # words near each other are words that are both there
        else:
            yield "", _ESCAPED.sub(lambda escaped: escaped[1] or "'", text)


class _Reader:
    """Reads a query from left to right; each method reads what binds tighter than the one above it."""

    def __init__(self, query: str, shares: Mapping[str, float]) -> None:
        self._parts = [*_parts(query), (")", "")]
        self._place = 0
        self._shares = shares

    def either(self) -> Cover | None:
        """Any side may be the one that is found, so all must be covered."""
        sides = [self._all()]
        while self._met("|"):
            sides.append(self._all())
        covers = [side for side in sides if side is not None]
        return frozenset().union(*covers) if len(covers) == len(sides) else None

    def _all(self) -> Cover | None:
        """Each part must be found, so the rarest will do."""
        parts = [self._one()]
        while self._met("&"):
            parts.append(self._one())
        covers = [part for part in parts if part is not None]
        return min(covers, key=lambda one: (share(one, self._shares), sorted(one)), default=None)

    def _one(self) -> Cover | None:
        if self._met("!"):
            self._one()
            return None  # what must be absent says of no word that it is there
        if self._met("("):
            inner = self.either()
            self._met(")")
            return inner
        _sign, text = self._parts[self._place]
        self._place += 1
        return frozenset([text])

    def _met(self, sign: str) -> bool:
        is_met = self._parts[self._place][0] == sign
        self._place += is_met
        return is_met
