"""Members as readers of campaigns, by what they and their companies have said of themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Member
from directory.codes import BusinessType
from directory.models import Category, Company, Verification
from mailings.audiences import Audience, Filters, register_audience
from mailings.writing.languages import language_choices
from privacy.datamap import Words


class Tier(models.TextChoices):
    """What a member is; it is never stored, since a verification lapses by time."""

    MEMBER = "member", _("member")
    VERIFIED = "verified_member", _("verified member")


def register() -> None:
    """Tell the room that writes campaigns who the members are."""
    register_audience(Audience(members=readers, choices=choices))


def readers(filters: Filters, at: datetime) -> QuerySet[Member]:
    """Members whose mailbox is confirmed and whose account is open, one of whose companies fits."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True, email__iexact=OuterRef("email"))
    found = filters.of_language(Member.objects.filter(Exists(confirmed), state=Member.State.ACTIVE))
    return found.filter(Exists(_companies(filters, at))) if filters.ask_for_a_company else found


def choices() -> Mapping[str, Sequence[tuple[str, Words]]]:
    """What a form offers for each filter. One query."""
    return {
        "countries": list(countries),
        "industries": [(row.slug, row.name) for row in Category.objects.tops()],
        "business_types": BusinessType.choices,
        "tiers": Tier.choices,
        "languages": language_choices(),
    }


def _companies(filters: Filters, at: datetime) -> QuerySet[Company]:
    """Companies of the member in question that fit every filter."""
    open_ones = [Company.State.LISTED, Company.State.HIDDEN]
    found = Company.objects.filter(team__member=OuterRef("pk"), state__in=open_ones)
    if filters.countries:
        found = found.filter(country__in=filters.countries)
    if filters.industries:
        declared = Category.objects.filter(
            Q(slug__in=filters.industries) | Q(parent__slug__in=filters.industries), companies=OuterRef("pk")
        )
        found = found.filter(Exists(declared))
    if filters.business_types:
        found = found.filter(business_types__overlap=list(filters.business_types))
    verified = Exists(Verification.objects.current(at=at).identity().filter(company=OuterRef("pk")))
    if set(filters.tiers) == {Tier.VERIFIED}:
        found = found.filter(verified)
    elif set(filters.tiers) == {Tier.MEMBER}:
        found = found.filter(~verified)
    return found
