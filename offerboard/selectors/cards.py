"""Leads as cards: what a card shows beyond the lead itself, fetched with it."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from directory.selectors.trust import identity_checked_at
from directory.shown import note_badges, note_rows
from offerboard.models import LeadPicture
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, lead_card


def lead_cards(leads: LeadQuerySet, *, now: datetime, by_line: bool = True) -> list[LeadCard]:
    """The cards of these leads in their order. One query.

    The badge comes from the company's current identity claim, so it goes the moment the claim lapses.
    """
    first_picture = LeadPicture.objects.filter(lead=OuterRef("pk")).order_by("position", "id").values("thumbnail")[:1]
    found: Any = (
        leads.select_related("company", "category")
        .defer("description", "search", "company__description", "company__search")
        .annotate(
            first_thumbnail=Subquery(first_picture),
            verified_at=identity_checked_at(at=now, company="company_id"),
        )
    )
    rows = list(found)
    note_rows("leads", {row.pk: row.updated_at for row in rows})
    note_rows("companies", {row.company_id: row.company.updated_at for row in rows})
    note_badges(row.company_id for row in rows if row.verified_at)
    return [
        lead_card(row, now=now, thumbnail=row.first_thumbnail, verified_at=row.verified_at, by_line=by_line)
        for row in rows
    ]
