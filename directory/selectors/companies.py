"""The page /companies/."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models.functions import Lower
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.codes import BusinessType, HeadcountBand
from directory.models import Company
from directory.models.company import CompanyQuerySet
from directory.places import country_name
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.company_order import behind_name, behind_time, in_order
from directory.selectors.facets import Facet, Facets, facets
from directory.selectors.search import BY_NAME, FILTERS, NEWEST, CompanySearch

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class CompaniesPage:
    """Everything the page prints."""

    search: CompanySearch
    cards: list[CompanyCard]
    filters: list[Facet]
    sorts: list[tuple[str, str, bool]]  # value, label, whether it is in force
    chips: list[tuple[str, str]]
    clear_url: str
    count_label: str  # "57 companies"
    show_label: str  # "Show 57 companies"
    pager_label: str
    next_url: str
    first_url: str
    canonical: str


def companies_page(search: CompanySearch, *, now: datetime) -> CompaniesPage:
    """One page of the companies that fit. Four queries on the first page, one more on the others."""
    counted = facets(search)
    cards = company_cards(_page_rows(search), now=now)
    here, more = cards[:PAGE_SIZE], len(cards) > PAGE_SIZE
    numbers = {"count": counted.total_label}
    return CompaniesPage(
        search=search,
        cards=here,
        filters=counted.filters,
        sorts=[
            ("", _("Newest first"), search.sort == NEWEST),  # what an address without a word about it means
            (BY_NAME, _("Name, A to Z"), search.sort == BY_NAME),
        ],
        chips=_chips(search, counted),
        clear_url=CompanySearch().url,
        count_label=ngettext("%(count)s company", "%(count)s companies", counted.total) % numbers,
        show_label=ngettext("Show %(count)s company", "Show %(count)s companies", counted.total) % numbers,
        pager_label=_pager_label(search, len(here), counted) if more else "",
        next_url=search.but(after=here[-1].slug).url if more else "",
        first_url=search.but().url if search.after else "",
        canonical=settings.SITE_URL + search.but(sort=NEWEST).url,
    )


def _page_rows(search: CompanySearch) -> CompanyQuerySet:
    """One row more than a page holds, after the last one of the page before; a vanished one begins anew."""
    rows = in_order(search.found(), search.sort)
    if search.after:
        last: Any = Company.objects.annotate(by_name=Lower("legal_name")).filter(slug=search.after).first()
        if last is not None:
            named = search.sort == BY_NAME
            rows = rows.filter(behind_name(last.by_name, last.pk) if named else behind_time(last.created_at, last.pk))
    page: CompanyQuerySet = rows[: PAGE_SIZE + 1]
    return page


def _chips(search: CompanySearch, counted: Facets) -> list[tuple[str, str]]:
    """The filters in force with the address that each one's removal leads to."""
    labels: dict[str, Callable[[str], str]] = {
        "country": country_name,
        "industry": lambda slug: counted.names.get(slug, slug),
        "business_type": lambda code: str(BusinessType(code).label),
        "headcount": lambda code: _("%(band)s people") % {"band": HeadcountBand(code).label},
    }
    words = [(_("“%(words)s”") % {"words": search.q}, search.but(q="").url)] if search.q else []
    return words + [
        (labels[name](value), search.without(name, value).url) for name in FILTERS for value in getattr(search, name)
    ]


def _pager_label(search: CompanySearch, length: int, counted: Facets) -> str:
    """Where one is; a later page knows only what comes next, because keyset pages are not numbered."""
    if search.after:
        return ""
    return _("Companies 1 to %(last)s of %(total)s") % {
        "last": number_format(length),
        "total": counted.total_label,
    }
