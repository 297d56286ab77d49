"""The 200 searches that the bench asks: what people ask, and a tenth of what nobody should."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import cycle, islice
from random import Random

from directory.models import Category, Company
from marketplace.bench.place import Market
from marketplace.bench.vocabulary import Vocabulary, read_vocabulary
from marketplace.seed.scale.words import fairs
from offerboard.models import Lead
from offerboard.search import Filters

ADVERSARIAL = "adversarial"
# How many searches of which kind.
PARTS = {"common": 40, "medium": 30, "rare": 30, "absent": 10, "two words": 30, "filters": 40, ADVERSARIAL: 20}


@dataclass(frozen=True, slots=True)
class Query:
    """One search of the mix."""

    part: str
    filters: Filters


def search_mix(market: Market) -> list[Query]:
    """The searches, the same for one market every time."""
    rng = Random(f"mix/{market.number}")  # noqa: S311  # the same every time is the point
    words = read_vocabulary(rng)
    filtered = list(_filtered(rng, words))
    parts = {
        "common": [Filters(words=word) for word in words.common],
        "medium": [Filters(words=word) for word in words.medium],
        "rare": [Filters(words=word) for word in words.rare],
        "absent": [Filters(words=word) for word in words.absent],
        "two words": [Filters(words=two) for two in _two_words(rng, words)],
        "filters": filtered,
        ADVERSARIAL: list(_adversarial(rng, words, filtered)),
    }
    return [
        Query(part, filters) for part, found in parts.items() if found for filters in islice(cycle(found), PARTS[part])
    ]


def _two_words(rng: Random, words: Vocabulary) -> list[str]:
    pairs = ((words.common, words.common), (words.common, words.medium), (words.common, words.rare))
    return [f"{rng.choice(one)} {rng.choice(other)}" for one, other in pairs for _ in range(10) if one and other]


def _filtered(rng: Random, words: Vocabulary) -> Iterator[Filters]:
    """Filters of every kind, alone, together, and with a word."""
    tops = list(Category.objects.tops().values_list("slug", flat=True))
    leaves = list(Category.objects.leaves().values_list("slug", flat=True))
    countries = sorted(set(Lead.objects.order_by("-pk").values_list("country", flat=True)[:2000]))
    largest = Company.objects.filter(leads__in=Lead.objects.order_by("-pk")[:500]).order_by("pk")
    companies = list(dict.fromkeys(largest.values_list("slug", flat=True)))[:20]
    for _ in range(4):
        country, leaf = (rng.choice(countries),), (rng.choice(leaves),)
        common = rng.choice(words.common) if words.common else ""
        yield Filters(kind=rng.choice(Lead.Kind.values))
        yield Filters(categories=(rng.choice(tops),), kind="sell_offer")
        yield Filters(categories=leaf, words=common)
        yield Filters(countries=country, words=common)
        yield Filters(countries=country, categories=leaf, verified=True)
        yield Filters(company=rng.choice(companies))
        yield Filters(currency="EUR", price_from=Decimal(5), price_to=Decimal(50), within="7d")
        yield Filters(unit="TNE", quantity=Decimal(500), incoterms=("FOB", "CIF"), words=common)
        yield Filters(conditions=("used", "refurbished"), countries=country)
        yield Filters(verified=True, within="30d")


def _adversarial(rng: Random, words: Vocabulary, filtered: list[Filters]) -> Iterator[Filters]:
    """A word that only old leads hold, everything at once, and what machines type."""
    for fair in fairs()[5:9]:
        yield Filters(words=fair)
    yield Filters(words=fairs()[7], countries=filtered[3].countries)
    many = Filters(
        words=words.common[0] if words.common else "steel",
        kind="sell_offer",
        categories=filtered[1].categories,
        countries=("CN", "IN", "US", "VN"),
        within="30d",
        currency="USD",
        price_from=Decimal(1),
        price_to=Decimal(100_000),
        conditions=("new",),
        incoterms=("FOB", "CIF"),
    )
    yield many
    yield replace(many, verified=True)
    yield replace(many, words=fairs()[6])
    yield Filters(words=" ".join(rng.choices(words.rare, k=1500))[:10_000])
    yield Filters(words=" or ".join(rng.choices(words.medium or words.rare, k=1500))[:10_000])
    yield Filters(words="x" * 10_000)
    for typed in (
        '"container -pallet OR (steel',
        "' OR 1=1; --",
        "& | ! <-> :* ()",
        '""" """',
        "-shipment",
        "\\ %s %% {}",
    ):
        yield Filters(words=typed)
    for typed in ("🚢🍌", "تمور", "不锈钢管"):
        yield Filters(words=typed)
