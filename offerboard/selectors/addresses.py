"""Addresses of the board that say in words what they show: /leads/?q=coffee&kind=sell_offer&country=VN."""

from dataclasses import replace
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from offerboard.search import Filters, Sort


def board_address(filters: Filters, *, after: str = "") -> str:
    """The board with these filters, in one fixed order and without empty parameters."""
    return _with_query(reverse("offerboard:board"), filters, after=after)


def feed_address(filters: Filters) -> str:
    """The Atom feed of the same leads; what asks for one category alone has the category's own."""
    if len(filters.categories) == 1 and filters == Filters(categories=filters.categories):
        return reverse("offerboard:category_feed", args=filters.categories)
    return _with_query(reverse("offerboard:feed"), replace(filters, sort=Sort.NEWEST))


def partner_address(partner: str, *, words: str = "", kind: str = "", after: str = "") -> str:
    """A partner's page; what the partner chose stands in its contract, so the address says what its reader asks."""
    path = reverse("offerboard:partner_page", args=[partner])
    return _with_query(path, Filters(words=words, kind=kind), after=after)


def _with_query(path: str, filters: Filters, *, after: str = "") -> str:
    parameters: list[tuple[str, str | tuple[str, ...]]] = [
        ("q", filters.words),
        ("kind", filters.kind),
        ("category", filters.categories),
        ("country", filters.countries),
        ("company", filters.company),
        ("within", filters.within),
        ("price_min", _plain(filters.price_from)),
        ("price_max", _plain(filters.price_to)),
        ("currency", filters.currency),
        ("quantity", _plain(filters.quantity)),
        ("unit", filters.unit),
        ("condition", filters.conditions),
        ("incoterm", filters.incoterms),
        ("verified", "1" if filters.verified else ""),
        ("sort", "" if filters.sort == Sort.NEWEST else filters.sort),
        ("after", after),
    ]
    query = urlencode([(name, value) for name, value in parameters if value], doseq=True)
    return f"{path}?{query}" if query else path


def _plain(amount: Decimal | None) -> str:
    """Without grouping or exponent, so that any reader's form understands it."""
    return "" if amount is None else f"{amount:f}"
