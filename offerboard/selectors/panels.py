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
from offerboard.models import BoardEntry, Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import count_words
from offerboard.search import PAGE, Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import PreparedCards, lead_cards
from offerboard.selectors.counts import category_holding
from offerboard.selectors.facts import category_facts

MOST = 10  # leads on a company's page; the rest is on the board


def company_leads(company: Company, now: datetime) -> Mapping[str, Any] | None:
    """The company's newest public leads; None without any. One query.

    `cards`, `count` as words ("10+" when there are more), and `all_url`, "" when the panel holds all.
    """
    cards = COMPANY_CARDS.cards({KEY: company.pk}, now=now)
    if not cards:
        return None
    return {
        "cards": cards[:MOST],
        "count": count_words(len(cards), cap=MOST),
        "all_url": board_address(Filters(company=company.slug)) if len(cards) > MOST else "",
    }


COMPANY_CARDS = PreparedCards(
    lambda: Lead.objects.filter(
        pk__in=BoardEntry.objects.public(at=AT).filter(company=KEY).newest_first().values("pk")[: MOST + 1]
    ).newest_first(),
    by_line=False,
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
    entries = BoardEntry.objects.public(at=now).newest_first()
    newest = entries.filter(category=OuterRef("pk")).values("pk")[:PAGE]
    branch = Category.objects.filter(Q(pk=category.pk) | Q(parent=category.pk)).order_by()
    ids = chain.from_iterable(branch.annotate(newest=ArraySubquery(newest)).values_list("newest", flat=True))
    return Lead.objects.public(at=now).filter(pk__in=list(ids)).newest_first()[:PAGE]
