"""Addresses of the board that say in words what they show: /leads/?q=coffee&kind=sell_offer&country=VN."""

from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from offerboard.search import Filters, Sort


def board_address(filters: Filters, *, after: str = "") -> str:
    """The board with these filters, in one fixed order and without empty parameters."""
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
    return f"{reverse('offerboard:board')}?{query}" if query else reverse("offerboard:board")


def _plain(amount: Decimal | None) -> str:
    """Without grouping or exponent, so that any reader's form understands it."""
    return "" if amount is None else f"{amount:f}"
