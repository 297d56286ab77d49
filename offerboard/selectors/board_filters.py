"""The board's filters as they stand beside the results: rows with counts, and chips that take one away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from directory.places import country_name
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm
from offerboard.presentation import count_words, money, number, quantity
from offerboard.search import CAP, Facet, Filters, Results, Within
from offerboard.selectors.addresses import board_address
from offerboard.selectors.tree import Tree

SHORT = 6  # values of a filter that are seen at once; the rest unfolds


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a filter and how many leads it leaves."""

    name: str  # of the parameter
    value: str
    label: str
    count: str
    checked: bool
    inside: bool = False  # a leaf under its branch

    @property
    def id(self) -> str:
        """Of the control; the same in every answer, so that the keyboard's place survives a new one."""
        return f"{self.name}-{self.value or 'any'}"


@dataclass(frozen=True, slots=True)
class Choices:
    """The rows of one filter: those at hand, and the rest in the order of the alphabet."""

    rows: list[Row]
    rest: list[Row]


def _count(facet: Facet, values: Iterable[str]) -> str:
    """How many leads have one of the values; "1,040+" where not all were counted, "" if none was among them."""
    found = sum(facet.counts.get(value, 0) for value in values)
    if facet.is_complete:
        return number(found)
    return f"{number(found)}+" if found else ""


def category_choices(filters: Filters, facet: Facet, tree: Tree) -> Choices:
    """The branches with most leads, and the leaves of those the reader has opened."""
    opened = {tree.top_of[slug] for slug in filters.categories}
    size = {top: sum(facet.counts.get(slug, 0) for slug in (top, *leaves)) for top, leaves in tree.leaves.items()}
    by_size = sorted(tree.leaves, key=lambda top: -size[top])
    at_hand = [top for place, top in enumerate(by_size) if place < SHORT or top in opened]

    def row(slug: str, *, inside: bool = False) -> Row:
        values = [slug] if inside else [slug, *tree.leaves[slug]]
        return Row("category", slug, tree.names[slug], _count(facet, values), slug in filters.categories, inside)

    rows = []
    for top in at_hand:
        rows.append(row(top))
        if top in opened:
            leaves = [leaf for leaf in tree.leaves[top] if facet.counts.get(leaf) or leaf in filters.categories]
            rows += [row(leaf, inside=True) for leaf in leaves]
    by_name = sorted(tree.leaves, key=lambda top: tree.names[top])
    return Choices(rows, [row(top) for top in by_name if top not in at_hand])


def country_choices(filters: Filters, facet: Facet) -> Choices:
    """The countries with most leads and the chosen ones; below them all others that have leads."""
    by_size = sorted(facet.counts, key=lambda code: -facet.counts[code])
    missing = [code for code in filters.countries if code not in facet.counts]
    at_hand = [code for place, code in enumerate([*by_size, *missing]) if place < SHORT or code in filters.countries]

    def row(code: str) -> Row:
        return Row("country", code, country_name(code), _count(facet, [code]), code in filters.countries)

    rest = sorted((row(code) for code in by_size if code not in at_hand), key=lambda row: row.label)
    return Choices([row(code) for code in at_hand], rest)


def within_rows(filters: Filters, facet: Facet) -> list[Row]:
    """Each span holds the shorter ones."""
    spans = [span.value for span in Within]
    rows = [
        Row("within", span.value, str(span.label), _count(facet, spans[: place + 1]), filters.within == span)
        for place, span in enumerate(Within)
    ]
    return [*rows, Row("within", "", _("Any time"), _count(facet, [*spans, ""]), not filters.within)]


def condition_rows(filters: Filters, facet: Facet) -> list[Row]:
    """In what state the goods are."""
    return [
        Row("condition", one.value, str(one.label), _count(facet, [one.value]), one.value in filters.conditions)
        for one in Condition
    ]


def incoterm_rows(filters: Filters, facet: Facet) -> list[Row]:
    """The eleven rules by their codes."""
    return [
        Row("incoterm", one.value, one.value, _count(facet, [one.value]), one.value in filters.incoterms)
        for one in Incoterm
    ]


def verified_rows(filters: Filters, facet: Facet) -> list[Row]:
    """Only companies whose identity is verified now."""
    return [Row("verified", "1", _("Identity verified"), _count(facet, ["true"]), filters.verified)]


@cache
def unit_options(language: str) -> list[tuple[str, str]]:  # noqa: ARG001  # the words are those of this language
    """All units as a list to choose from, said once for each language."""
    return [("", _("Any")), *((unit.code, unit.choice()) for unit in UNITS.values())]


def currency_options() -> list[tuple[str, str]]:
    """All currencies by their codes."""
    return [("", _("Any")), *((code, code) for code in CURRENCIES)]


# --- chips --------------------------------------------------------------------------------------------------------


def chips(filters: Filters, tree: Tree, *, company_name: str) -> list[tuple[str, str]]:
    """The filters in force: what each says, and the address without it."""
    spoken = [
        (filters.words, _("“%(words)s”") % {"words": filters.words}, {"words": ""}),
        *_several("categories", filters.categories, lambda slug: tree.names[slug]),
        *_several("countries", filters.countries, country_name),
        *_several("conditions", filters.conditions, lambda code: str(Condition(code).label)),
        *_several("incoterms", filters.incoterms, str),
        (filters.company, company_name or _("One company"), {"company": ""}),
        (filters.within, _within_words(filters), {"within": ""}),
        (filters.currency, _price_words(filters), {"price_from": None, "price_to": None, "currency": ""}),
        (filters.unit, _quantity_words(filters), {"quantity": None, "unit": ""}),
        (filters.verified, _("Identity verified"), {"verified": False}),
    ]
    return [(label, board_address(replace(filters, **without))) for is_set, label, without in spoken if is_set]


def _several(name: str, chosen: tuple[str, ...], say: Callable[[str], str]) -> list[tuple[str, str, dict[str, Any]]]:
    """One chip for each chosen value, with the filter as it is without that value."""
    return [(one, say(one), {name: tuple(other for other in chosen if other != one)}) for one in chosen]


def _within_words(filters: Filters) -> str:
    return _("Posted within %(span)s") % {"span": Within(filters.within).label} if filters.within else ""


def _price_words(filters: Filters) -> str:
    lowest, highest, currency = filters.price_from, filters.price_to, filters.currency
    if lowest is not None and highest is not None:
        return _("%(from)s to %(to)s") % {"from": money(lowest, currency), "to": money(highest, currency)}
    if lowest is not None:
        return _("From %(amount)s") % {"amount": money(lowest, currency)}
    if highest is not None:
        return _("Up to %(amount)s") % {"amount": money(highest, currency)}
    return _("Priced in %(currency)s") % {"currency": currency}


def _quantity_words(filters: Filters) -> str:
    if not filters.unit:
        return ""
    if filters.quantity is None:
        return _("Measured in %(units)s") % {"units": UNITS[filters.unit].plural}
    return _("At least %(quantity)s") % {"quantity": quantity(filters.quantity, filters.unit)}


# --- tabs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of lead with its count; the other filters stay."""

    label: str
    count: str
    url: str
    current: bool


def tabs(filters: Filters, results: Results, *, address: Callable[[Filters], str] = board_address) -> list[Tab]:
    """All leads, sell offers, buy inquiries, each at its `address`."""
    facet = results.facets["kind"]
    found = count_words(results.count, cap=CAP, is_complete=results.is_complete)
    everything = count_words(facet.total, cap=CAP, is_complete=facet.is_complete)
    kinds = (("", _("All")), ("sell_offer", _("Sell offers")), ("buy_inquiry", _("Buy inquiries")))

    def count(kind: str) -> str:
        if kind == filters.kind:
            return found
        if not kind and facet.total < results.count:  # all are no fewer than these
            return f"{found.rstrip('+')}+"
        return _count(facet, [kind]) if kind else everything

    return [
        Tab(
            label=label,
            count=count(kind),
            url=address(replace(filters, kind=kind)),
            current=filters.kind == kind,
        )
        for kind, label in kinds
    ]
