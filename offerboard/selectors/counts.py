"""How much the market holds, read from the counts of a few minutes ago (services.counting); nothing is counted here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from offerboard.models import LeadCount


@dataclass(slots=True)
class Holding:
    """What one category, one country or the whole market holds."""

    leads: int = 0
    companies: int = 0  # that posted them
    kinds: dict[str, int] = field(default_factory=dict)  # leads by kind
    countries: dict[str, int] = field(default_factory=dict)  # leads by the company's country
    categories: dict[str, int] = field(default_factory=dict)  # leads by slug, with what is inside
    leaves: dict[str, str] = field(default_factory=dict)  # of a country: the names of those categories without branches


def own_counts() -> dict[int, int]:
    """How many leads are filed under each category itself, by its id, without those inside it. One query."""
    rows = LeadCount.objects.filter(kind="", country="", category__isnull=False)
    own: dict[int, int] = {}
    for category, parent, leads in rows.values_list("category_id", "category__parent_id", "leads"):
        own[category] = own.get(category, 0) + leads
        if parent:
            own[parent] = own.get(parent, 0) - leads
    return own


def market_holding() -> Holding:
    """Everything, by kind, by country and by category. One query."""
    counts = LeadCount.objects.filter(Q(category=None) & (Q(kind="") | Q(country="")) | Q(kind="", country=""))
    return _holding(counts.values_list("kind", "category__slug", "country", "leads", "companies"))


def category_holding(category_id: int) -> Holding:
    """A category with what is inside it, by kind and by country. One query."""
    counts = LeadCount.objects.filter(Q(kind="") | Q(country=""), category=category_id)
    rows: Any = counts.values_list("kind", "country", "leads", "companies")
    return _holding((kind, "", country, leads, companies) for kind, country, leads, companies in rows)


def country_holding(code: str) -> Holding:
    """What companies of a country have posted, by kind and by category. One query."""
    counts = LeadCount.objects.filter(Q(kind="") | Q(category=None), country=code).select_related("category")
    rows = list(counts)
    holding = _holding(
        (row.kind, row.category.slug if row.category else "", "", row.leads, row.companies) for row in rows
    )
    leaves = [row.category for row in rows if row.category and row.category.parent_id]
    holding.leaves.update({leaf.slug: leaf.name for leaf in leaves})
    return holding


def _holding(rows: Iterable[Any]) -> Holding:
    """Sort rows by what they leave open; each leaves at least two of kind, category and country open."""
    holding = Holding()
    for kind, slug, country, leads, companies in rows:
        if kind:
            holding.kinds[kind] = leads
        elif slug:
            holding.categories[slug] = leads
        elif country:
            holding.countries[country] = leads
        else:
            holding.leads, holding.companies = leads, companies
    return holding
