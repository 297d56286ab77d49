"""A company in a list."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from directory.models import Category, Company
from directory.models.company import CompanyQuerySet
from directory.places import country_name
from directory.selectors.trust import badge, identity_checked_at
from directory.shown import note_badges, note_rows

MOST_INDUSTRIES = 3  # named on a card


@dataclass(frozen=True, slots=True)
class CompanyCard:
    """Everything a list prints about a company, in the reader's language."""

    slug: str
    url: str
    name: str
    logo_url: str
    initials: str
    place: str
    industries: str
    verified: str  # "Identity verified Mar 2026" or ""


def company_cards(companies: CompanyQuerySet, *, now: datetime) -> list[CompanyCard]:
    """The companies as cards, in the query's order. One query, however many there are."""
    industries = Category.objects.filter(companies=OuterRef("pk")).values("name")[:MOST_INDUSTRIES]
    found: Any = companies.annotate(industry_names=ArraySubquery(industries), identity_at=identity_checked_at(at=now))
    rows = list(found.defer("description", "search"))
    note_rows("companies", {row.pk: row.updated_at for row in rows})
    note_badges(row.pk for row in rows if row.identity_at)
    return [
        CompanyCard(
            slug=row.slug,
            url=row.get_absolute_url(),
            name=row.legal_name,
            logo_url=logo_url(row),
            initials=initials(row.legal_name),
            place=place(row),
            industries=", ".join(row.industry_names),
            verified=badge(row.identity_at),
        )
        for row in rows
    ]


def logo_url(company: Company) -> str:
    """Where its logo is, or "" without one."""
    return company.logo.url if company.logo else ""


def place(company: Company) -> str:
    """City and country; the street is nobody's business before the two have met."""
    return ", ".join(part for part in (company.city, country_name(str(company.country))) if part)


def initials(name: str) -> str:
    """What stands in place of a logo: "DH" for Dak Hoa, one letter in scripts without capitals."""
    words = [word for word in re.split(r"[^\w]+", name) if word]
    letters = [word[0].upper() for word in words[:2]]
    if not letters:
        return ""
    return "".join(letters) if letters[0].isupper() else letters[0]
