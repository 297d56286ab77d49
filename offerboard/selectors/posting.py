"""What stands beside the lead form, and the preview."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from offerboard import presentation
from offerboard.models import Lead, LeadPicture
from offerboard.presentation import LeadCard
from offerboard.selectors.cards import lead_cards
from offerboard.selectors.lead_extras import DocumentRow, document_rows, with_extras


@dataclass(frozen=True, slots=True)
class PostingPage:
    """A lead in the making: its card as the board would draw it, its pictures, when it was saved."""

    card: LeadCard
    pictures: list[LeadPicture]
    documents: list[DocumentRow]
    saved_at: datetime
    saved_ago: str
    saved_full: str


def posting_page(*, lead: Lead, now: datetime) -> PostingPage:
    """The lead as it is stored. Three queries."""
    [card] = lead_cards(Lead.objects.filter(pk=lead.pk), now=now)
    card = replace(card, url=reverse("offerboard:preview", args=[lead.slug]))
    if lead.state == Lead.State.DRAFT:
        card = replace(card, posted_at=now, posted_ago=_("now"), posted_full=presentation.full_time(now))
        if not lead.price_on_request:
            card = replace(card, price_missing=_("No price yet"))
    return PostingPage(
        card=card,
        documents=document_rows(lead, with_extras(Lead.objects.filter(pk=lead.pk)).values_list("document_list")[0][0]),
        pictures=list(LeadPicture.objects.filter(lead=lead)),
        saved_at=lead.updated_at,
        saved_ago=presentation.ago(lead.updated_at, now=now),
        saved_full=presentation.full_time(lead.updated_at),
    )
