"""Prices by quantity in one cell: `100=9.50; 500=8.90`, from 100 on each costs 9.50, from 500 on 8.90."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from offerboard.amounts import write_amount
from offerboard.importing.numbers import Decimals
from offerboard.importing.values import CellRefused, Reader, amount
from offerboard.limits import PRICE_PLACES, QUANTITY_PLACES
from offerboard.models import PriceTier
from offerboard.tiers import (
    BeyondTheQuantity,
    DearerInBulk,
    NotTheLeadsPrice,
    OfABuyInquiry,
    SameQuantity,
    Tier,
    TiersRefused,
    check_with_lead,
    in_order,
)

BETWEEN = re.compile(r"[;\n]")


def write_tiers(tiers: Iterable[PriceTier]) -> str:
    """The cell that `read_tiers` reads the same way."""
    return "; ".join(f"{write_amount(tier.min_quantity)}={write_amount(tier.price)}" for tier in tiers)


def read_tiers(text: str, decimals: Decimals = "") -> tuple[Tier, ...]:
    """The tiers of a cell, by growing quantity. Raises CellRefused."""
    parts = [part for part in BETWEEN.split(text) if part.strip()]
    if len(parts) > PriceTier.MOST:
        words = {"most": PriceTier.MOST, "n": len(parts)}
        raise CellRefused(_("A lead has room for %(most)d prices by quantity; here are %(n)d.") % words)
    try:
        return in_order(_tier(part, decimals) for part in parts)
    except TiersRefused as refusal:
        raise CellRefused(_why(refusal)) from refusal


def tiers_reader(decimals: Decimals) -> Reader:
    """`read_tiers` for a file whose sign of decimals is known."""
    return partial(read_tiers, decimals=decimals)


def settle_tiers(values: dict[str, Any]) -> str:
    """Give the lead the price of its smallest quantity if it has none; why its tiers do not go with it, or ""."""
    tiers = values.get("tiers") or ()
    if tiers:
        values.setdefault("price", tiers[0].price)
    try:
        check_with_lead(tiers, kind=values.get("kind"), price=values.get("price"), quantity=values.get("quantity"))
    except TiersRefused as refusal:
        return _why(refusal)
    return ""


def _tier(part: str, decimals: Decimals) -> Tier:
    quantity, equals, price = (piece.strip() for piece in part.partition("="))
    if not (quantity and equals and price):
        reason = _("“%(text)s” is no quantity and price.") % {"text": part.strip()[:40]}
        raise CellRefused(_with_example(reason))
    try:
        return Tier(
            amount(quantity, places=QUANTITY_PLACES, decimals=decimals),
            amount(price, places=PRICE_PLACES, decimals=decimals),
        )
    except CellRefused as refusal:
        raise CellRefused(_with_example(str(refusal))) from refusal


def _with_example(reason: str) -> str:
    """The reason why a cell cannot be read, and how it can."""
    return f"{reason} {_('Write them as 100=9.50; 500=8.90.')}"


def _why(refusal: TiersRefused) -> str:
    reasons = {
        SameQuantity: _("Two prices start from the same quantity."),
        DearerInBulk: _("A larger quantity costs more here than a smaller one."),
        OfABuyInquiry: _("A buy inquiry has one target price and none by quantity."),
        NotTheLeadsPrice: _("The price from the smallest quantity on must be the price of the lead."),
        BeyondTheQuantity: _("A price starts from a larger quantity than the lead’s."),
    }
    return reasons[type(refusal)]
