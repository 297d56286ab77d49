"""The prices of a lead by quantity."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from offerboard.models import Lead, PriceTier


class Tier(NamedTuple):
    """From `quantity` on, in the lead's unit, one unit costs `price`, in the lead's currency."""

    quantity: Decimal
    price: Decimal


def tiers_of(lead: Lead) -> tuple[Tier, ...]:
    """What is stored, by growing quantity. One query; none for a lead that is not stored yet."""
    if lead.pk is None:
        return ()
    return tuple(Tier(tier.min_quantity, tier.price) for tier in lead.tiers.all())


@transaction.atomic
def set_tiers(*, lead: Lead, tiers: Sequence[Tier]) -> None:
    """Replace the lead's tiers by these; for callers that hold its row. Raises IntegrityError for a seventh."""
    if tiers_of(lead) == tuple(tiers):
        return
    lead.tiers.all().delete()
    PriceTier.objects.bulk_create(
        PriceTier(lead=lead, place=place, min_quantity=tier.quantity, price=tier.price)
        for place, tier in enumerate(tiers, start=1)
    )
