"""Leads as cards: what a card shows beyond the lead itself, fetched with it."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from directory.selectors.trust import identity_checked_at
from offerboard.models import LeadPicture, PriceTier
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, lead_card


def lead_cards(leads: LeadQuerySet, *, now: datetime, by_line: bool = True) -> list[LeadCard]:
    """The cards of these leads in their order. One query.

    The badge comes from the company's current identity claim, so it goes the moment the claim lapses.
    """
    first_picture = LeadPicture.objects.filter(lead=OuterRef("pk")).order_by("position", "id").values("thumbnail")[:1]
    last_tier = PriceTier.objects.filter(lead=OuterRef("pk")).order_by("-place").values("price")[:1]
    rows: Any = (
        leads.select_related("company", "category")
        .defer("description", "search", "company__description", "company__search")
        .annotate(
            first_thumbnail=Subquery(first_picture),
            lowest_price=Subquery(last_tier),
            verified_at=identity_checked_at(at=now, company="company_id"),
        )
    )
    return [
        lead_card(
            row,
            now=now,
            thumbnail=row.first_thumbnail,
            lowest=row.lowest_price,
            verified_at=row.verified_at,
            by_line=by_line,
        )
        for row in rows
    ]
