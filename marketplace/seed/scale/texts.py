"""What one lead says: goods, terms, and a description in one of several languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from marketplace.seed.scale.plan import Shelf, Trader
from marketplace.seed.scale.traders import countries
from marketplace.seed.scale.words import Template, Zipf, fairs, models, one_of, scale_data, tail_words
from offerboard.codes import Condition, Incoterm, PaymentTerms
from offerboard.models import Lead

_CURRENCIES = Zipf(("USD", "EUR", "CNY", "INR", "GBP", "AED", "TRY", "JPY"), exponent=1.7)
_WORTH = {"USD": 1, "EUR": 0.9, "CNY": 7.2, "INR": 84, "GBP": 0.8, "AED": 3.67, "TRY": 34, "JPY": 150}  # of a dollar
_RULES = Zipf(
    ("FOB", "CIF", "EXW", "CFR", "DAP", "FCA", "DDP", "CPT", "CIP", "DPU", "FAS"),
    exponent=0.9,
)
_AT_SELLERS = {Incoterm.EXW, Incoterm.FCA, Incoterm.FAS, Incoterm.FOB}
_PAYMENTS = Zipf(
    (PaymentTerms.TT_DEPOSIT, PaymentTerms.LC_SIGHT, PaymentTerms.TT_ADVANCE, PaymentTerms.AGREEMENT, PaymentTerms.DP),
)
_CONDITIONS = Zipf(
    (Condition.NEW.value, "", Condition.USED.value, Condition.GRADED.value, Condition.REFURBISHED.value), exponent=1.9
)
_SAMPLES = Zipf(("", "free", "paid", "none"), exponent=1.5)
_PACKAGING = Zipf(("", "Cartons on pallets", "25 kg bags", "Big bags", "Wooden cases", "In bulk", "Rolls on pallets"))
_STRIDES = (1, 3, 5, 7)  # through the list of sentences
_LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class Terms:
    """A lead's words and figures as they go into the table; "" where it says nothing."""

    shelf: Shelf
    language: str
    kind: str
    title: str
    description: str
    hs_code: str
    quantity: str
    unit: str
    price: str
    currency: str
    incoterm: str
    place: str
    payment_terms: str
    condition: str
    origin: str
    brand: str
    model: str
    destinations: str
    samples: str
    packaging: str
    lead_time_days: str


class Tongue:
    """The sentences of one language."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.titles = {
            Lead.Kind.SELL_OFFER: Zipf([Template(text) for text in data["sell"]], exponent=0.5),
            Lead.Kind.BUY_INQUIRY: Zipf([Template(text) for text in data["buy"]], exponent=0.5),
        }
        self.goods = Zipf(data["goods"], exponent=0.8) if "goods" in data else None
        self.tail = [Template(text) for text in data["tail"]]
        self.said: list[str] = data["said"]
        self.season = Template(data["season"])


@cache
def tongues() -> dict[str, Tongue]:
    """Each language of the leads by its code."""
    return {code: Tongue(data) for code, data in scale_data()["language"].items()}


class Writer:
    """Invents leads one after another from one source of chance."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        words = scale_data()["words"]
        self._words, self._models = tail_words(), models()
        self._grades, self._materials = Zipf(words["grades"]), Zipf(words["materials"])
        self._wants: list[str] = words["wants"]
        self._goods = self._fair = ""
        self._fillers: dict[str, Callable[[], str]] = {
            "w": lambda: self._words.pick(rng),
            "m": lambda: self._models.pick(rng),
            "g": lambda: self._grades.pick(rng),
            "t": lambda: self._materials.pick(rng),
            "v": lambda: one_of(rng, self._wants),
            "c": self._city,
            "s": lambda: self._goods,
            "f": lambda: self._fair,
        }

    def terms(self, trader: Trader, *, place_age: int) -> Terms:
        """A lead of this company, posted so many days ago."""
        rng = self.rng
        kind = Lead.Kind.SELL_OFFER if rng.random() < 0.7 else Lead.Kind.BUY_INQUIRY
        sells = kind == Lead.Kind.SELL_OFFER
        language = trader.language if trader.language and rng.random() < 0.4 else "en"
        tongue, shelf = tongues()[language], one_of(rng, trader.shelves)
        self._goods = tongue.goods.pick(rng) if tongue.goods else shelf.name.lower()
        self._fair = fairs()[min(place_age // 30, len(fairs()) - 1)]
        unit, quantity, price = self._figures(shelf, priced=rng.random() < (0.85 if sells else 0.5))
        currency = _CURRENCIES.pick(rng) if price else ""
        incoterm = _RULES.pick(rng) if rng.random() < 0.8 else ""
        at_sellers = incoterm in _AT_SELLERS
        title = tongue.titles[kind].pick(rng).fill(self._fillers)
        return Terms(
            shelf=shelf,
            language=language,
            kind=kind.value,
            title=(title[:1].upper() + title[1:])[:_LONGEST_TITLE],
            description=self._description(tongue),
            hs_code=self._hs(shelf),
            quantity=_rounded(quantity),
            unit=unit,
            price=_rounded(price * _WORTH[currency]) if price else "",
            currency=currency,
            incoterm=incoterm,
            place=(trader.city if at_sellers == sells else self._city()) if incoterm else "",
            payment_terms=_PAYMENTS.pick(rng).value,
            condition=_CONDITIONS.pick(rng),
            origin=trader.country if sells else "",
            brand=self._words.pick(rng).title() if rng.random() < 0.25 else "",
            model=self._models.pick(rng) if rng.random() < 0.3 else "",
            destinations=self._destinations() if rng.random() < 0.1 else "{}",
            samples=_SAMPLES.pick(rng),
            packaging=_PACKAGING.pick(rng),
            lead_time_days=str(5 + int(rng.random() * 56)) if rng.random() < 0.5 else "\\N",
        )

    def _description(self, tongue: Tongue) -> str:
        rng = self.rng
        said, stride, start = tongue.said, one_of(rng, _STRIDES), int(rng.random() * len(tongue.said))
        parts = [said[(start + step * stride) % len(said)] for step in range(1 + int(rng.random() * 7))]
        parts += [one_of(rng, tongue.tail).fill(self._fillers) for _ in range(1 + int(rng.random() * 4))]
        if rng.random() < 0.1:
            parts.append(tongue.season.fill(self._fillers))
        return " ".join(dict.fromkeys(parts))

    def _figures(self, shelf: Shelf, *, priced: bool) -> tuple[str, float, float]:
        """Unit, quantity and price in dollars, 0 for none; prices and quantities scatter as they do in trade."""
        rng = self.rng
        unit, price, quantity = one_of(rng, scale_data()["trade"][shelf.top])
        return unit, quantity * rng.lognormvariate(0, 0.9), price * rng.lognormvariate(0, 0.6) if priced else 0

    def _hs(self, shelf: Shelf) -> str:
        if not shelf.headings or self.rng.random() < 0.3:
            return ""
        heading = one_of(self.rng, shelf.headings)
        return heading + one_of(self.rng, ("10", "20", "90")) if len(heading) == 4 else heading

    def _city(self) -> str:
        return str(one_of(self.rng, countries().pick(self.rng)["cities"]))

    def _destinations(self) -> str:
        codes = {countries().pick(self.rng)["code"] for _ in range(self.rng.randint(1, 4))}
        return "{" + ",".join(sorted(codes)) + "}"


def _rounded(figure: float) -> str:
    """Three digits, as people write prices; never zero."""
    if figure >= 100:
        return f"{float(f'{figure:.3g}'):.0f}"
    return f"{max(figure, 0.01):.2f}"
