"""What the directory's pages show of leads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count

from directory.models import Category, Company
from offerboard.models import Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import count_words
from offerboard.search import CAP, Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import lead_cards

MOST = 10  # leads in a panel; the rest is on the board


def company_leads(company: Company, now: datetime) -> Mapping[str, Any] | None:
    """The company's public leads, newest first; None without any. One query, or two when it has many."""
    leads = Lead.objects.public(at=now).filter(company=company)
    return _panel(leads, Filters(company=company.slug), now=now, by_line=False)


def category_leads(category: Category, now: datetime) -> Mapping[str, Any] | None:
    """The newest leads in the category and those inside it; None without any. One query, or two."""
    leads = Lead.objects.public(at=now).in_category(category.slug)
    return _panel(leads, Filters(categories=(category.slug,)), now=now, by_line=True)


def count_by_category(now: datetime) -> dict[int, int]:
    """How many public leads are filed under each category, by its id. One query."""
    counted = Lead.objects.public(at=now).values_list("category_id").annotate(Count("pk"))
    return {category_id: count for category_id, count in counted if category_id is not None}


def _panel(leads: LeadQuerySet, filters: Filters, *, now: datetime, by_line: bool) -> Mapping[str, Any] | None:
    """`cards`, `count` of all as words, and `all_url`, "" when the panel holds all."""
    cards = lead_cards(leads.newest_first()[: MOST + 1], now=now, by_line=by_line)
    if not cards:
        return None
    more = len(cards) > MOST
    count = leads.order_by()[: CAP + 1].count() if more else len(cards)
    return {
        "cards": cards[:MOST],
        "count": count_words(count, cap=CAP),
        "all_url": board_address(filters) if more else "",
    }
