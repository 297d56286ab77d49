"""The invented companies and what they trade, read from data/companies/*.toml."""

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from directory.slugs import RANDOM_LENGTH, RANDOM_LETTERS, public_slug
from offerboard.models import Lead

DATA = Path(__file__).with_name("data")
# Whose accounts people of the demo log in with.
SELLER, BUYER = "eamay", "nordkai"


@dataclass(frozen=True, slots=True)
class Lot:
    """One lead's worth: the words in its title, the price of one unit (None: on request), the quantity."""

    words: str
    price: Decimal | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """Goods that a company offers or looks for, in one or more lots."""

    kind: Lead.Kind
    category: str
    hs: str  # "0901.11", or "" for services
    picture: str
    goods: str  # a short noun for messages
    unit: str
    currency: str
    condition: str
    origin: str  # "": where the company is
    rules: tuple[str, ...]
    payments: tuple[str, ...]
    title: str
    text: str
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented company, its people (the owner first) and its trade."""

    key: str
    name: str
    trade_name: str
    country: str
    region: str
    city: str
    postal_code: str
    address: str
    port: str
    phone: str
    business_types: tuple[str, ...]
    headcount: str
    turnover: str
    since: int
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    emblem: str
    colour: str
    people: tuple[str, ...]
    about: str
    lines: tuple[Line, ...]

    @property
    def latin_name(self) -> str:
        """A name that makes a readable address."""
        return self.name if self.name[0].isascii() else self.trade_name or self.name


@dataclass(frozen=True, slots=True)
class Offer:
    """One lot of one line of one firm; `again` counts how often it has been taken before."""

    firm: Firm
    line: Line
    lot: Lot
    again: int = 0

    @property
    def key(self) -> str:
        """Names the offer, whatever else is seeded."""
        return f"{self.firm.key}/{self.line.title}/{self.lot.words}/{self.again}"


def rng_for(seed: int, *names: str) -> Random:
    """A source of chance of one's own for each thing, so that adding one thing changes no other."""
    return Random("/".join([str(seed), *names]))  # noqa: S311  # the same at every seeding is the point


def lasting_slug(name: str, *, fallback: str, rng: Random) -> str:
    """As `directory.slugs.public_slug`, but the same at every seeding."""
    readable = public_slug(name, fallback=fallback)[:-RANDOM_LENGTH]
    return readable + "".join(rng.choices(RANDOM_LETTERS, k=RANDOM_LENGTH))


@cache
def all_firms() -> tuple[Firm, ...]:
    """Every firm that was invented, in the order of the files."""
    return tuple(
        _firm(entry)
        for path in sorted((DATA / "companies").glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["company"]
    )


def choose_firms(count: int, *, seed: int) -> list[Firm]:
    """The seller and the buyer of the demo and as many others as asked for and invented."""
    known = {firm.key: firm for firm in all_firms()}
    others = [firm for key, firm in known.items() if key not in (SELLER, BUYER)]
    rng_for(seed, "firms").shuffle(others)
    return [known[SELLER], known[BUYER], *others][: max(count, 2)]


def choose_offers(firms: list[Firm], count: int, *, seed: int) -> list[Offer]:
    """So many lots of these firms, the demo seller's and buyer's first; past the last lot they come again."""
    offers = [Offer(firm, line, lot) for firm in firms for line in firm.lines for lot in line.lots]
    own = [offer for offer in offers if offer.firm.key in (SELLER, BUYER)]
    others = [offer for offer in offers if offer.firm.key not in (SELLER, BUYER)]
    rng_for(seed, "offers").shuffle(others)
    offers = [*own, *others]
    return [replace(offers[place % len(offers)], again=place // len(offers)) for place in range(count)]


def _firm(entry: dict[str, Any]) -> Firm:
    place, size, reach, look = entry["place"], entry["size"], entry["reach"], entry["look"]
    return Firm(
        key=entry["key"],
        name=entry["name"],
        trade_name=entry.get("trade_name", ""),
        **place,
        phone=entry["phone"],
        business_types=tuple(size["types"]),
        headcount=size["headcount"],
        turnover=size["turnover"],
        since=size["since"],
        markets=tuple(reach["markets"]),
        languages=tuple(reach["languages"]),
        emblem=look["emblem"],
        colour=look["colour"],
        people=tuple(entry["people"]),
        about=entry["about"],
        lines=(
            *(_line(line, Lead.Kind.SELL_OFFER) for line in entry.get("sells", [])),
            *(_line(line, Lead.Kind.BUY_INQUIRY) for line in entry.get("seeks", [])),
        ),
    )


def _line(entry: dict[str, Any], kind: Lead.Kind) -> Line:
    trade, terms = entry["trade"], entry["terms"]
    return Line(
        kind=kind,
        category=trade["category"],
        hs=trade.get("hs", ""),
        picture=trade["picture"],
        goods=trade["goods"],
        unit=trade["unit"],
        currency=trade["currency"],
        condition=trade.get("condition", "new" if "hs" in trade else ""),
        origin=trade.get("origin", ""),
        rules=tuple(terms["rules"]),
        payments=tuple(terms["pay"]),
        title=entry["title"],
        text=entry["text"],
        lots=tuple(Lot(words, Decimal(price) or None, Decimal(quantity)) for words, price, quantity in entry["lots"]),
    )
