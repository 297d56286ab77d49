"""What the directory's pages show of leads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count

from directory.models import Category, Company
from directory.prepared import AT, KEY
from offerboard.models import Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, count_words
from offerboard.search import CAP, Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import PreparedCards, lead_cards

MOST = 10  # leads in a panel; the rest is on the board


def company_leads(company: Company, now: datetime) -> Mapping[str, Any] | None:
    """The company's public leads, newest first; None without any. One query, or two when it has many."""
    cards = COMPANY_CARDS.cards({KEY: company.pk}, now=now)
    leads = Lead.objects.public(at=now).filter(company=company)
    return _panel(cards, leads, Filters(company=company.slug))


COMPANY_CARDS = PreparedCards(
    lambda: Lead.objects.public(at=AT).filter(company=KEY).newest_first()[: MOST + 1], by_line=False
)


def category_leads(category: Category, now: datetime) -> Mapping[str, Any] | None:
    """The newest leads in the category and those inside it; None without any. One query, or two."""
    leads = Lead.objects.public(at=now).in_category(category.slug)
    cards = lead_cards(leads.newest_first()[: MOST + 1], now=now)
    return _panel(cards, leads, Filters(categories=(category.slug,)))


def count_by_category(now: datetime) -> dict[int, int]:
    """How many public leads are filed under each category, by its id. One query."""
    counted = Lead.objects.public(at=now).values_list("category_id").annotate(Count("pk"))
    return {category_id: count for category_id, count in counted if category_id is not None}


def _panel(cards: list[LeadCard], leads: LeadQuerySet, filters: Filters) -> Mapping[str, Any] | None:
    """`cards`, `count` of all as words, and `all_url`, "" when the panel holds all."""
    if not cards:
        return None
    more = len(cards) > MOST
    count = leads.order_by()[: CAP + 1].count() if more else len(cards)
    return {
        "cards": cards[:MOST],
        "count": count_words(count, cap=CAP),
        "all_url": board_address(filters) if more else "",
    }
