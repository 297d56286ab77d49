"""The pages /categories/ and /categories/<slug>/."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import hs, registry
from directory.models import Category, Company
from directory.registry import CategoryMeasure
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.company import PanelView
from directory.selectors.search import CompanySearch

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


@dataclass(frozen=True, slots=True)
class HsLine:
    """One chapter of the Harmonized System: its name, and the headings of it that belong here."""

    chapter: str  # "09 Coffee, tea and spices"
    headings: str  # "0901, 0902", or "" for the whole chapter


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """Everything a category's page prints."""

    name: str
    crumbs: list[tuple[str, str]]
    children: list[CategoryEntry]
    measure: str
    hs_lines: list[HsLine]
    hs_edition: str
    companies: list[CompanyCard]
    companies_url: str  # all of them
    panels: list[PanelView]
    canonical: str


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
    canonical = settings.SITE_URL + reverse("directory:categories")
    return CategoryTree(tops=tops, measure=str(measure.label), canonical=canonical)


def category_page(slug: str, *, now: datetime) -> CategoryPage | None:
    """One category with everything in it, or None. Three queries, and those of the registered panels."""
    family = list(Category.objects.filter(Q(slug=slug) | Q(parent__slug=slug)).select_related("parent"))
    category = next((member for member in family if member.slug == slug), None)
    if category is None:
        return None
    inside = [member for member in family if member is not category]
    measure = _measure()
    counts = measure.counts(now) if inside else {}
    search = CompanySearch(industry=(slug,))
    above = [(category.parent.name, category.parent.get_absolute_url())] if category.parent else []
    fetched = [(panel, panel.fetch(category, now)) for panel in registry.category_panels()]
    return CategoryPage(
        name=category.name,
        crumbs=[(_("Categories"), reverse("directory:categories")), *above],
        children=[_entry(child, [], counts) for child in inside],
        measure=str(measure.label),
        hs_lines=_hs_lines(category.hs_codes),
        hs_edition=str(category.hs_edition),
        companies=company_cards(search.found().order_by("-created_at", "-id")[:MOST_COMPANIES], now=now),
        companies_url=search.url,
        panels=[
            PanelView(panel.name, str(panel.title), panel.template, content)
            for panel, content in fetched
            if content is not None
        ],
        canonical=settings.SITE_URL + category.get_absolute_url(),
    )


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
