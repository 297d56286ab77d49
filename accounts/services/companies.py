"""Bringing a company into the market."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Member
from directory.models import Company, TeamMember
from directory.services import StateConflict, create_company, list_company

MOST_OWNED = 10  # companies a person may own; more is a sign of a machine


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


def found_company(*, owner: Member, details: CompanyDetails, now: datetime) -> Company:
    """Create the company with its first owner; a draft until the owner's e-mail address is confirmed."""
    return create_company(
        legal_name=details.name,
        country=details.country,
        city=details.city,
        address=details.address,
        phone=details.phone,
        owner=owner,
        now=now,
    )


@transaction.atomic(durable=True)
def add_company(*, member: Member, details: CompanyDetails, now: datetime) -> Company:
    """Another company of a confirmed member, listed at once; sending the form twice makes one company.

    It stays a draft where staff look at it first. Raises TooManyCompanies.
    """
    Member.objects.select_for_update().get(pk=member.pk)  # the second of two clicks waits here and finds the first's
    owned = Company.objects.filter(team__member=member, team__role=TeamMember.Role.OWNER)
    existing = owned.filter(legal_name__iexact=details.name, country=details.country).first()
    if existing is not None:
        return existing
    if owned.count() >= MOST_OWNED:
        raise TooManyCompanies
    company = found_company(owner=member, details=details, now=now)
    list_company(company=company, now=now)
    company.refresh_from_db(fields=["state"])
    return company


@transaction.atomic
def list_confirmed_companies(*, member: Member, now: datetime) -> int:
    """The owner's e-mail address is confirmed: drafts become public. Returns how many did."""
    owned = Company.objects.filter(team__member=member, team__role=TeamMember.Role.OWNER)
    drafts = owned.filter(Q(state=Company.State.DRAFT) | Q(suspended_from=Company.State.DRAFT))
    listed = 0
    for company in drafts:
        with suppress(StateConflict):  # a second confirmation was quicker
            listed += list_company(company=company, now=now)
    return listed
