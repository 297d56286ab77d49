"""The pages /categories/ and /categories/<slug>/."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import hs, registry
from directory.models import Category, Company
from directory.registry import CategoryMeasure
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.company import PanelView
from directory.selectors.search import CompanySearch
from directory.structured import breadcrumb_list, json_ld

MOST_COMPANIES = 6  # on a category's page; the rest is one search away


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """A category in a list; `count` is written as the reader writes numbers."""

    slug: str
    name: str
    url: str
    count: str
    children: list["CategoryEntry"]


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """The whole tree; `measure` says what is counted, such as "leads"."""

    tops: list[CategoryEntry]
    measure: str
    canonical: str
    structured: SafeString


@dataclass(frozen=True, slots=True)
class HsLine:
    """One chapter of the Harmonized System: its name, and the headings of it that belong here."""

    chapter: str  # "09 Coffee, tea and spices"
    headings: str  # "0901, 0902", or "" for the whole chapter


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """Everything a category's page prints."""

    name: str
    lede: str  # what is traded here, in figures; "" when nobody says
    crumbs: list[tuple[str, str]]
    children: list[CategoryEntry]
    neighbours: list[CategoryEntry]  # in the same branch
    measure: str
    hs_lines: list[HsLine]
    hs_edition: str
    companies: list[CompanyCard]
    companies_url: str  # all of them
    panels: list[PanelView]
    canonical: str
    feed_url: str  # "" without a feed
    indexed: bool  # whether search engines should list the page
    structured: SafeString


def count_companies(now: datetime) -> dict[int, int]:  # noqa: ARG001  # the form of every measure
    """How many listed companies name each category as their industry. One query."""
    through = Company.industries.through.objects.filter(company__state=Company.State.LISTED)
    return dict(through.values_list("category_id").annotate(Count("company_id")))


COMPANIES = CategoryMeasure(name="companies", label=gettext_lazy("companies"), counts=count_companies)


def category_tree(*, now: datetime) -> CategoryTree:
    """All categories in their order, counted by the first registered measure. Two queries."""
    measure = _measure()
    counts = measure.counts(now)
    children: dict[int | None, list[Category]] = {}
    for category in Category.objects.all():
        children.setdefault(category.parent_id, []).append(category)
    tops = [_entry(top, children.get(top.pk, []), counts) for top in children.get(None, [])]
    address = reverse("directory:categories")
    return CategoryTree(
        tops=tops,
        measure=str(measure.label),
        canonical=settings.SITE_URL + address,
        structured=json_ld(breadcrumb_list([(_("Categories"), address)])),
    )


def category_page(slug: str, *, now: datetime) -> CategoryPage | None:
    """One category with everything in it, or None. Three queries, and those of the registered panels."""
    around = Q(slug=slug) | Q(parent__slug=slug) | Q(parent__children__slug=slug)
    family = list(Category.objects.filter(around).select_related("parent").distinct())
    category = next((member for member in family if member.slug == slug), None)
    if category is None:
        return None
    measure = _measure()
    counts = measure.counts(now) if len(family) > 1 else {}
    search = CompanySearch(industry=(slug,))
    companies = company_cards(search.found().order_by("-created_at", "-id")[:MOST_COMPANIES], now=now)
    crumbs = _crumbs(category)
    panels = _panels(category, now=now)
    return CategoryPage(
        name=category.name,
        lede=_first(panels, "lede"),
        crumbs=crumbs,
        children=[_entry(member, [], counts) for member in family if member.parent_id == category.pk],
        neighbours=[_entry(member, [], counts) for member in family if _are_neighbours(member, category)],
        measure=str(measure.label),
        hs_lines=_hs_lines(category.hs_codes),
        hs_edition=str(category.hs_edition),
        companies=companies,
        companies_url=search.url,
        panels=panels,
        canonical=settings.SITE_URL + category.get_absolute_url(),
        feed_url=_first(panels, "feed_url"),
        indexed=bool(companies or _first(panels, "cards")),
        structured=json_ld(breadcrumb_list([*crumbs, (category.name, category.get_absolute_url())])),
    )


def _crumbs(category: Category) -> list[tuple[str, str]]:
    """Categories / the branch."""
    above = [(category.parent.name, category.parent.get_absolute_url())] if category.parent else []
    return [(_("Categories"), reverse("directory:categories")), *above]


def _are_neighbours(one: Category, other: Category) -> bool:
    return one.pk != other.pk and one.parent_id is not None and one.parent_id == other.parent_id


def _panels(category: Category, *, now: datetime) -> list[PanelView]:
    fetched = [(panel, panel.fetch(category, now)) for panel in registry.category_panels()]
    return [
        PanelView(panel.name, str(panel.title), panel.template, content)
        for panel, content in fetched
        if content is not None
    ]


def _first(panels: Iterable[PanelView], name: str) -> Any:
    """What the first panel that knows `name` says; "" when none does."""
    return next((panel.content[name] for panel in panels if panel.content.get(name)), "")


def _measure() -> CategoryMeasure:
    """What higher apps count, else companies."""
    return next(iter(registry.category_measures()), COMPANIES)


def _entry(category: Category, children: Sequence[Category], counts: Mapping[int, int]) -> CategoryEntry:
    inside = [_entry(child, [], counts) for child in children]
    total = counts.get(category.pk, 0) + sum(counts.get(child.pk, 0) for child in children)
    return CategoryEntry(
        slug=category.slug,
        name=category.name,
        url=category.get_absolute_url(),
        count=number_format(total, force_grouping=True),
        children=inside,
    )


def _hs_lines(codes: Iterable[str]) -> list[HsLine]:
    """The codes by chapter, each with the chapter's name; an operator's unknown chapter is shown by its number."""
    headings: dict[str, list[str]] = {}
    for code in codes:
        headings.setdefault(code[:2], []).extend([hs.display(code)] if len(code) == 4 else [])
    return [
        HsLine(
            chapter=f"{chapter} {hs.CHAPTERS[chapter].name}" if chapter in hs.CHAPTERS else chapter,
            headings=", ".join(found),
        )
        for chapter, found in headings.items()
    ]
