"""Bringing a company into the market."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Member
from directory.models import Company, TeamMember

MOST_OWNED = 10  # companies a person may own; more is a sign of a machine
SLUG_LETTERS = "bcdfghjkmnpqrstvwxyz23456789"  # no vowels, so no words; no look-alikes
SLUG_RANDOM = 6


class TooManyCompanies(Exception):
    """The person owns as many companies as one may."""


@dataclass(frozen=True, slots=True)
class CompanyDetails:
    """What is asked about a company at the start; `country` is an ISO 3166-1 alpha-2 code."""

    name: str
    country: str
    city: str
    address: str
    phone: PhoneNumber


def company_slug(name: str) -> str:
    """The name as an address part of at most 67 characters, ending in a random part that cannot be guessed."""
    latin = unicodedata.normalize("NFKD", name.translate(str.maketrans("đĐøØłŁıßæÆœŒ", "dDoOlLisaAoO")))
    readable = slugify(latin)[:60].strip("-") or "company"
    return f"{readable}-{''.join(secrets.choice(SLUG_LETTERS) for _ in range(SLUG_RANDOM))}"


@transaction.atomic
def found_company(*, owner: Member, details: CompanyDetails, state: Company.State, now: datetime) -> Company:
    """Create the company with its first owner."""
    company = Company.objects.create(
        slug=company_slug(details.name),
        legal_name=details.name,
        country=details.country,
        city=details.city,
        address=details.address,
        phone=details.phone,
        state=state,
        created_at=now,
        updated_at=now,
    )
    TeamMember.objects.create(company=company, member=owner, role=TeamMember.Role.OWNER, joined_at=now)
    return company


@transaction.atomic(durable=True)
def add_company(*, member: Member, details: CompanyDetails, now: datetime) -> Company:
    """Another company of a confirmed member, listed at once; sending the form twice makes one company.

    Raises TooManyCompanies.
    """
    Member.objects.select_for_update().get(pk=member.pk)  # the second of two clicks waits here and finds the first's
    owned = Company.objects.filter(team__member=member, team__role=TeamMember.Role.OWNER)
    existing = owned.filter(legal_name__iexact=details.name, country=details.country).first()
    if existing is not None:
        return existing
    if owned.count() >= MOST_OWNED:
        raise TooManyCompanies
    return found_company(owner=member, details=details, state=Company.State.LISTED, now=now)


@transaction.atomic
def list_confirmed_companies(*, member: Member, now: datetime) -> int:
    """The owner's e-mail address is confirmed: drafts become public. Returns how many did."""
    drafts = Company.objects.filter(state=Company.State.DRAFT, team__member=member, team__role=TeamMember.Role.OWNER)
    return drafts.update(state=Company.State.LISTED, updated_at=now)
