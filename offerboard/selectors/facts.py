"""What a landing page says of a category or a country: facts in a sentence, and links that narrow the board."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.places import country_name
from offerboard.models import Lead
from offerboard.presentation import number
from offerboard.search import Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.counts import Holding

NAMED = 3  # countries or categories in the sentence
MOST = 12  # of them in the list


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what the page speaks of, and the board of that part."""

    name: str
    url: str
    count: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is there, as of the last count."""

    leads: int
    lede: str
    kinds: list[Part]
    parts: list[Part]  # countries of a category, categories of a country

    def all_label(self, shown: int) -> str:
        """The words "See all 57 leads", or "" when all of them are shown already."""
        if self.leads <= shown:
            return ""
        return ngettext("See the lead", "See all %(n)s leads", self.leads) % {"n": number(self.leads)}


def category_facts(holding: Holding, filters: Filters) -> Facts:
    """A category's; `filters` ask the board for it."""
    countries = {code: country_name(code) for code in holding.countries}
    parts = _parts(holding.countries, countries, {code: replace(filters, countries=(code,)) for code in countries})
    return Facts(
        leads=holding.leads,
        lede=_category_lede(holding, parts),
        kinds=_kinds(holding, filters),
        parts=parts[:MOST],
    )


def country_facts(holding: Holding, filters: Filters, *, name: str) -> Facts:
    """A country's, by the leaves of the tree; `filters` ask the board for it."""
    leaves = {slug: holding.categories[slug] for slug in holding.leaves}
    parts = _parts(leaves, holding.leaves, {slug: replace(filters, categories=(slug,)) for slug in leaves})
    return Facts(
        leads=holding.leads,
        lede=_country_lede(holding, parts, name=name),
        kinds=_kinds(holding, filters),
        parts=parts[:MOST],
    )


def _kinds(holding: Holding, filters: Filters) -> list[Part]:
    labels = {Lead.Kind.SELL_OFFER: _("Sell offers"), Lead.Kind.BUY_INQUIRY: _("Buy inquiries")}
    return [
        Part(label, board_address(replace(filters, kind=kind)), number(holding.kinds[kind]))
        for kind, label in labels.items()
        if holding.kinds.get(kind)
    ]


def _parts(counts: Mapping[str, int], names: Mapping[str, str], boards: Mapping[str, Filters]) -> list[Part]:
    """The largest first, equals by name."""
    largest = sorted(counts, key=lambda key: (-counts[key], names[key]))
    return [Part(names[key], board_address(boards[key]), number(counts[key])) for key in largest]


def _offers_and_inquiries(holding: Holding) -> str:
    sell, buy = (holding.kinds.get(kind, 0) for kind in (Lead.Kind.SELL_OFFER, Lead.Kind.BUY_INQUIRY))
    offers = ngettext("%(n)s sell offer", "%(n)s sell offers", sell) % {"n": number(sell)}
    inquiries = ngettext("%(n)s buy inquiry", "%(n)s buy inquiries", buy) % {"n": number(buy)}
    if sell and buy:
        return _("%(offers)s and %(inquiries)s") % {"offers": offers, "inquiries": inquiries}
    return offers if sell else inquiries


def _firms(holding: Holding) -> str:
    return ngettext("%(n)s company", "%(n)s companies", holding.companies) % {"n": number(holding.companies)}


def _named(parts: Iterable[Part]) -> str:
    """Viet Nam (34), Brazil (20), Kenya (7)."""
    return ", ".join(f"{part.name} ({part.count})" for part in list(parts)[:NAMED])


def _category_lede(holding: Holding, parts: list[Part]) -> str:
    if not holding.leads:
        return ""
    words = {"leads": _offers_and_inquiries(holding), "companies": _firms(holding), "named": _named(parts)}
    if len(parts) == 1:
        words["country"] = parts[0].name
        return _("%(leads)s from %(companies)s in %(country)s.") % words
    words["countries"] = ngettext("%(n)s country", "%(n)s countries", len(parts)) % {"n": number(len(parts))}
    return _("%(leads)s from %(companies)s in %(countries)s. Most are from: %(named)s.") % words


def _country_lede(holding: Holding, parts: list[Part], *, name: str) -> str:
    if not holding.leads:
        return ""
    words = {"leads": _offers_and_inquiries(holding), "companies": _firms(holding), "country": name}
    return _("%(leads)s from %(companies)s in %(country)s. Most are about: %(named)s.") % {
        **words,
        "named": _named(parts),
    }
