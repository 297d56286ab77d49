"""The pages /countries/ and /countries/<code>/."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from directory.models import Company
from directory.places import REGIONS, country_name
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.search import CompanySearch
from directory.structured import breadcrumb_list, json_ld
from offerboard.models import Lead
from offerboard.presentation import LeadCard, number
from offerboard.search import Filters, newest
from offerboard.selectors.addresses import board_address, feed_address
from offerboard.selectors.cards import lead_cards
from offerboard.selectors.counts import country_holding, market_holding
from offerboard.selectors.facts import Facts, Part, country_facts

MOST_COMPANIES = 6  # on a country's page; the rest is one search away


@dataclass(frozen=True, slots=True)
class CountriesPage:
    """Where leads come from, by region."""

    regions: list[tuple[str, list[Part]]]
    canonical: str
    structured: SafeString


@dataclass(frozen=True, slots=True)
class CountryPage:
    """Everything a country's page prints."""

    name: str
    crumbs: list[tuple[str, str]]
    facts: Facts
    cards: list[LeadCard]
    all_url: str
    all_label: str  # "" when all are shown
    companies: list[CompanyCard]
    companies_url: str
    canonical: str
    feed_url: str
    indexed: bool  # whether search engines should list the page
    structured: SafeString


def country_address(code: str) -> str:
    """The page of the country with this ISO 3166-1 alpha-2 code."""
    return reverse("offerboard:country", args=[code.lower()])


def countries_page() -> CountriesPage:
    """The countries with public leads, as of the last count. One query."""
    counts = market_holding().countries
    regions = []
    for region, codes in REGIONS:
        parts = [
            Part(country_name(code), country_address(code), number(counts[code]))
            for code in codes.split()
            if code in counts
        ]
        if parts:
            regions.append((str(region), sorted(parts, key=lambda part: part.name)))
    address = reverse("offerboard:countries")
    return CountriesPage(
        regions=regions,
        canonical=settings.SITE_URL + address,
        structured=json_ld(breadcrumb_list([(_("Countries"), address)])),
    )


def country_page(code: str, *, now: datetime) -> CountryPage:
    """What companies of a country offer and look for, newest first, and who they are; the code is a known one."""
    name, filters = country_name(code), Filters(countries=(code,))
    found = Lead.objects.public(at=now).filter(pk__in=newest(filters, now=now))
    cards = lead_cards(found.newest_first(), now=now)
    facts = country_facts(country_holding(code), filters, name=name)
    companies = Company.objects.listed().filter(country=code).order_by("-created_at", "-id")
    company_list = company_cards(companies[:MOST_COMPANIES], now=now)
    crumbs = [(_("Countries"), reverse("offerboard:countries"))]
    return CountryPage(
        name=name,
        crumbs=crumbs,
        facts=facts,
        cards=cards,
        all_url=board_address(filters),
        all_label=facts.all_label(len(cards)),
        companies=company_list,
        companies_url=CompanySearch(country=(code,)).url,
        canonical=settings.SITE_URL + country_address(code),
        feed_url=feed_address(filters),
        indexed=bool(cards or company_list),
        structured=json_ld(breadcrumb_list([*crumbs, (name, country_address(code))])),
    )
