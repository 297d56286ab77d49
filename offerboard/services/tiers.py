"""The prices of a lead by quantity."""

from collections.abc import Sequence

from django.db import transaction

from offerboard.models import Lead, PriceTier
from offerboard.tiers import Tier


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
