"""Prices by quantity of the leads that an import has just inserted."""

from collections.abc import Iterable, Sequence, Set
from uuid import UUID

from offerboard.importing.cleaning import Cleaned
from offerboard.importing.insert import LeadRow
from offerboard.models import Lead, PriceTier
from offerboard.tiers import Tier


def insert_tiers(rows: Iterable[tuple[LeadRow, Cleaned]], inserted: Set[UUID]) -> None:
    """Store the tiers of the rows whose leads came. Two statements, none if no row has tiers.

    Belongs into the transaction of the leads. Raises IntegrityError or DataError for tiers that break a rule.
    """
    tiers: dict[UUID, Sequence[Tier]] = {}
    for lead, one in rows:
        if one.row:
            tiers.setdefault(lead.submission, one.row.tiers)  # as the leads: of two with one key the first
    wanted = {key: steps for key, steps in tiers.items() if steps and key in inserted}
    if not wanted:
        return
    leads = Lead.objects.filter(submission__in=wanted).values_list("pk", "submission")
    PriceTier.objects.bulk_create(
        PriceTier(lead_id=pk, place=place, min_quantity=tier.quantity, price=tier.price)
        for pk, key in leads
        for place, tier in enumerate(wanted[key], start=1)
    )
