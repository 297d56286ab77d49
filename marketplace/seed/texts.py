"""What a lead's description says after the goods themselves: terms, samples, papers, in a few varying sentences."""

from random import Random

from babel import Locale

from directory.categories import TREE
from marketplace.seed.catalogue import Firm, Offer
from offerboard.models import Lead

_OF_GOODS = (
    "Samples leave by courier within three days; the buyer pays the courier.",
    "Ready to load {days} days after the order.",
    "Larger quantities on request, at a price for the year.",
    "Invoice, packing list and certificate of origin come with every shipment.",
    "Your inspector is welcome before loading.",
    "The price holds for two weeks.",
    "We answer in {languages}.",
    "Part shipments are possible.",
    "References in your country on request.",
)
_OF_MACHINES = (
    "Manual and list of spare parts in {languages}.",
    "Ready to leave {days} days after the order.",
    "A video under load can be sent at once.",
    "You may see it running before you pay.",
    "Packing for sea freight is in the price.",
    "Our fitter can start it at your place; his days are charged apart.",
)
_OF_SERVICES = ("We answer in {languages}.", "One invoice at the end of the month.", "References on request.")
_OF_BUYERS = (
    "Please say how long your price holds and when you can load.",
    "We decide within a week of the last offer.",
    "Please quote {terms} and name the producer.",
    "New suppliers fill in a form of two pages; it takes ten minutes.",
    "The first order is a trial; we think in years.",
    "Offers from producers are preferred, from traders welcome.",
    "You can write to us in {languages}.",
    "We tell everyone who offers how it ended.",
)
# Parts of words that, once said, need not be said again.
_STEMS = ("ample", "nspect", "urveyor", "ideo", "anual", "itter", "container", "week", "quote")
# Single things that somebody commissions, rather than goods by the container.
_MACHINES = {leaf.slug for top in TREE for leaf in top.leaves if top.slug == "machinery"} - {"bearings-and-gears"}
_MACHINES |= {"analysis-instruments", "engines-and-parts"}


def how_sold(offer: Offer) -> str:
    """bulk, article, machine or service: what people ask about such goods."""
    line = offer.line
    if not line.hs:
        return "service"
    if line.category in _MACHINES:
        return "machine"
    return "article" if line.unit in ("H87", "SET", "PR", "MIL", "RM") else "bulk"


def describe(offer: Offer, *, terms: str, rng: Random) -> str:
    """The line's own text and one or two sentences that go with its kind."""
    pool = {"machine": _OF_MACHINES, "service": _OF_SERVICES}.get(how_sold(offer), _OF_GOODS)
    if offer.line.kind == Lead.Kind.BUY_INQUIRY:
        pool = _OF_BUYERS
    pool = tuple(text for text in pool if not _repeats(text, offer.line.text))
    words = {
        "days": rng.choice((7, 10, 14, 21, 30, 45)),
        "languages": languages_of(offer.firm),
        "terms": terms,
    }
    return " ".join([offer.line.text, *(text.format(**words) for text in rng.sample(pool, rng.choice((1, 1, 2))))])


def _repeats(text: str, said: str) -> bool:
    """Whether the sentence comes back to what was said already."""
    return any(stem in text and stem in said for stem in _STEMS)


def languages_of(firm: Firm) -> str:
    """The languages a firm writes in, as English words: "Vietnamese, English and German"."""
    names = [Locale("en").languages[code] for code in firm.languages]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
