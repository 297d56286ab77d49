"""Who writes to whom about what: the demo's people first, then those who look for what others offer."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from directory.categories import TREE
from directory.codes import BusinessType
from marketplace.seed.catalogue import BUYER, DATA, SELLER, Firm, Offer, rng_for
from marketplace.seed.texts import how_sold
from offerboard.models import Lead

THREADS = 40
_OF_THE_DEMO = 6  # threads that others began with the demo's seller, and its buyer with others
_PER_PAIR = 2  # threads that one firm begins with another
_PER_OFFER = 3
_RESELLERS = {BusinessType.BUYER, BusinessType.DISTRIBUTOR, BusinessType.TRADING_COMPANY}
_TOP_OF = {leaf.slug: top.slug for top in TREE for leaf in top.leaves}
# What every maker needs, whatever it makes.
_FOR_ALL = {"machinery", "packaging", "energy", "tools-and-hardware", "trade-services", "office-and-school"}


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation that fits leads of one kind; its turns alternate."""

    about: str
    goods: str
    turns: tuple[str, ...]

    def fits(self, offer: Offer) -> bool:
        """Whether the talk makes sense about this offer."""
        priced = offer.lot.price is not None or not any("{price}" in turn or "{lower}" in turn for turn in self.turns)
        return self.about == offer.line.kind and self.goods == how_sold(offer) and priced


@dataclass(frozen=True, slots=True)
class Pairing:
    """A firm that asks another one about an offer of it, or about nothing in particular."""

    asker: Firm
    owner: Firm
    offer: Offer | None
    script: Script


@dataclass
class _Book:
    """The pairings so far, kept so that nobody says the same thing twice to one firm."""

    rng: Random
    found: list[Pairing] = field(default_factory=list)

    def add(self, candidates: Iterable[tuple[Firm, Offer]], most: int) -> None:
        """Take up to `most` of the candidates, in their order."""
        end = len(self.found) + most
        for asker, offer in candidates:
            if len(self.found) >= end:
                return
            if script := self._script(asker, offer):
                self.found.append(Pairing(asker, offer.firm, offer, script))

    def _script(self, asker: Firm, offer: Offer) -> Script | None:
        between = [known for known in self.found if (known.asker, known.owner) == (asker, offer.firm)]
        about = [known for known in self.found if known.offer == offer]
        if asker in [known.asker for known in about] or len(about) >= _PER_OFFER or len(between) >= _PER_PAIR:
            return None
        spent = {known.script for known in self.found if known.owner == offer.firm and known.asker == asker}
        uses = Counter(known.script for known in self.found)
        heard = Counter(known.script for known in self.found if offer.firm in (known.owner, known.asker))
        fitting = [script for script in scripts() if script.fits(offer) and script not in spent]
        self.rng.shuffle(fitting)
        return min(fitting, key=lambda script: (heard[script], uses[script]), default=None)


@cache
def scripts() -> tuple[Script, ...]:
    """Every conversation that was written."""
    entries = tomllib.loads((DATA / "conversations.toml").read_text(encoding="utf-8"))["thread"]
    return tuple(Script(entry["about"], entry["goods"], tuple(entry["turns"])) for entry in entries)


def pair_up(offers: Sequence[Offer], *, seed: int) -> list[Pairing]:
    """Up to THREADS pairings about these offers."""
    book = _Book(rng_for(seed, "pairings"))
    shuffled = sorted(offers, key=lambda offer: offer.key)
    book.rng.shuffle(shuffled)
    firms = sorted({offer.firm for offer in offers}, key=lambda firm: firm.key)
    matches = list(_matches(shuffled, firms))
    near = list(_neighbours(shuffled, firms, book.rng))
    every = [*matches, *near]
    book.add((pair for pair in every if pair[1].firm.key == SELLER), _OF_THE_DEMO)
    book.add((pair for pair in every if pair[0].key == BUYER), _OF_THE_DEMO)
    book.add((pair for pair in every if pair[1].firm.key == BUYER), _OF_THE_DEMO // 2)
    general = list(_general(firms))
    book.add([*matches[::2], *near, *matches[1::2]], THREADS - len(book.found) - len(general))
    return [*book.found, *general]


def _matches(offers: Sequence[Offer], firms: Sequence[Firm]) -> Iterator[tuple[Firm, Offer]]:
    """Firms that look for just what is offered, or offer what is looked for."""
    for offer in offers:
        for asker in firms:
            if asker != offer.firm and any(
                line.category == offer.line.category and line.kind != offer.line.kind for line in asker.lines
            ):
                yield asker, offer


def _neighbours(offers: Sequence[Offer], firms: Sequence[Firm], rng: Random) -> Iterator[tuple[Firm, Offer]]:
    """Firms in a country that is served, in the same industry or with a use for the goods."""
    for offer in offers:
        able = [firm for firm in firms if firm != offer.firm and _could_write(firm, offer)]
        yield from ((asker, offer) for asker in rng.sample(able, min(2, len(able))))


def _could_write(firm: Firm, offer: Offer) -> bool:
    top = _TOP_OF[offer.line.category]
    if offer.line.kind == Lead.Kind.BUY_INQUIRY:
        return any(line.kind == Lead.Kind.SELL_OFFER and _TOP_OF[line.category] == top for line in firm.lines)
    related = top in _FOR_ALL or any(_TOP_OF[line.category] == top for line in firm.lines)
    return firm.country in offer.firm.markets and (related or bool(_RESELLERS & set(firm.business_types)))


def _general(firms: Sequence[Firm]) -> Iterator[Pairing]:
    """Letters to the demo's seller that are about no lead."""
    seller = next((firm for firm in firms if firm.key == SELLER), None)
    others = [firm for firm in firms if firm.key not in (SELLER, BUYER)]
    if seller:
        for script, asker in zip((one for one in scripts() if one.about == "company"), others, strict=False):
            yield Pairing(asker, seller, None, script)
