"""Prices by quantity: which go together, and with which lead. The form and the import word what is wrong."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from offerboard.models import Lead


class Tier(NamedTuple):
    """From `quantity` on, in the lead's unit, one unit costs `price`, in the lead's currency."""

    quantity: Decimal
    price: Decimal


class TiersRefused(ValueError):
    """The prices contradict each other or their lead."""


class SameQuantity(TiersRefused):
    """Two prices start from one quantity."""


class DearerInBulk(TiersRefused):
    """A larger quantity costs more than a smaller one."""


class OfABuyInquiry(TiersRefused):
    """Who looks for goods has one target price."""


class NotTheLeadsPrice(TiersRefused):
    """The smallest quantity does not cost what the lead says."""


class BeyondTheQuantity(TiersRefused):
    """A price starts from more than there is."""


def in_order(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    """Growing quantities, each once, at prices that do not grow. Raises SameQuantity, DearerInBulk.

    A dearer larger quantity is refused and not only pointed out: cards show the last price as the lowest, and it is
    nearly always a slip of the pen.
    """
    ordered = tuple(sorted(tiers))
    for smaller, larger in pairwise(ordered):
        if smaller.quantity == larger.quantity:
            raise SameQuantity
        if larger.price > smaller.price:
            raise DearerInBulk
    return ordered


def check_with_lead(
    tiers: Sequence[Tier], *, kind: str | None, price: Decimal | None, quantity: Decimal | None
) -> None:
    """Whether ordered tiers go with what their lead says; None is not known. Raises one of TiersRefused."""
    if not tiers:
        return
    if kind == Lead.Kind.BUY_INQUIRY:
        raise OfABuyInquiry
    if price is not None and price != tiers[0].price:
        raise NotTheLeadsPrice
    if quantity is not None and tiers[-1].quantity > quantity:
        raise BeyondTheQuantity
