"""What the directory's pages show of leads."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.urls import reverse

from directory.models import Category, Company
from directory.prepared import AT, KEY
from offerboard.models import Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, count_words
from offerboard.search import CAP, PAGE, Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import PreparedCards, lead_cards
from offerboard.selectors.counts import category_holding
from offerboard.selectors.facts import category_facts

MOST = 10  # leads on a company's page; the rest is on the board


def company_leads(company: Company, now: datetime) -> Mapping[str, Any] | None:
    """The company's public leads, newest first; None without any. One query, or two when it has many."""
    cards = COMPANY_CARDS.cards({KEY: company.pk}, now=now)
    leads = Lead.objects.public(at=now).filter(company=company)
    return _panel(cards, leads, Filters(company=company.slug))


COMPANY_CARDS = PreparedCards(
    lambda: Lead.objects.public(at=AT).filter(company=KEY).newest_first()[: MOST + 1], by_line=False
)


def category_leads(category: Category, now: datetime) -> Mapping[str, Any]:
    """What the category and those inside it hold, as of the last count, and its newest leads now. Three queries.

    `facts` (see `Facts`), its `lede`, `cards`, `all_url`, `all_label`, `feed_url`.
    """
    filters = Filters(categories=(category.slug,))
    cards = lead_cards(_newest_in(category, now=now), now=now)
    facts = category_facts(category_holding(category.pk), filters)
    return {
        "facts": facts,
        "lede": facts.lede,
        "cards": cards,
        "all_url": board_address(filters),
        "all_label": facts.all_label(len(cards)),
        "feed_url": reverse("offerboard:category_feed", args=[category.slug]),
    }


def _newest_in(category: Category, *, now: datetime) -> LeadQuerySet:
    """The newest of each category of the branch, by its index, then the newest of these. Two queries in all."""
    public = Lead.objects.public(at=now).newest_first()
    newest = public.filter(category=OuterRef("pk")).values("pk")[:PAGE]
    branch = Category.objects.filter(Q(pk=category.pk) | Q(parent=category.pk)).order_by()
    ids = chain.from_iterable(branch.annotate(newest=ArraySubquery(newest)).values_list("newest", flat=True))
    return public.filter(pk__in=list(ids))[:PAGE]


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
