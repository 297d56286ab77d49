"""The page of one company, and the facts that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import phonenumbers
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from directory import registry
from directory.admission import WAITS, is_confirmed, must_wait
from directory.codes import BusinessType
from directory.models import Company
from directory.places import country_name, language_name
from directory.registry import Audience
from directory.selectors.cards import initials, logo_url, place
from directory.selectors.search import CompanySearch
from directory.selectors.trust import Claim, claim_lines
from directory.shown import note_rows
from directory.structured import breadcrumb_list, json_ld

HIDDEN = "••"


@dataclass(frozen=True, slots=True)
class PanelView:
    """A registered panel with what it shows."""

    name: str
    title: str
    template: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActionView:
    """A button at the top of the page."""

    label: str
    icon: str
    url: str
    primary: bool


@dataclass(frozen=True, slots=True)
class ControlView:
    """A registered control with what it shows."""

    template: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """Everything the page prints; of telephone, website and street nothing but that they are hidden."""

    name: str
    trade_name: str  # "" where it is the name again
    place: str
    logo_url: str
    initials: str
    description: str
    summary: str  # of the description, for search engines
    facts: list[tuple[str, str]]
    claims: list[Claim]
    claims_label: str  # "3 current"
    contact: list[tuple[str, str]]
    panels: list[PanelView]
    actions: list[ActionView]
    controls: list[ControlView]
    crumbs: list[tuple[str, str]]
    canonical: str
    report_url: str
    notice: str  # to the team, about a page that others cannot see
    structured: SafeString


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """What the company's own team reads about it."""

    url: str
    logo_url: str
    initials: str
    state: str
    state_label: str
    description: str
    facts: list[tuple[str, str]]  # contact details included
    notice: str  # why it is not listed, where that is not its owner's doing


def own_profile(company: Company) -> OwnProfile:
    """The company for its own team. One query, and two more of a company that is not listed."""
    where = (company.address, company.postal_code, company.city, company.region, country_name(str(company.country)))
    contact = [
        (_("Trade name"), company.trade_name),
        (_("Address"), ", ".join(part for part in where if part)),
        (_("Phone"), str(company.phone)),
        (_("Fax"), str(company.fax or "")),
        (_("Website"), company.website),
    ]
    return OwnProfile(
        url=company.get_absolute_url(),
        logo_url=logo_url(company),
        initials=initials(company.legal_name),
        state=company.state,
        state_label=company.get_state_display(),
        description=company.description,
        facts=[(label, value or _("Not stated")) for label, value in contact] + profile_facts(company),
        notice=str(WAITS) if _waits(company) else "",
    )


def company_page(company: Company, *, audience: Audience, now: datetime, member_id: int | None = None) -> CompanyPage:
    """The company for these readers. Two queries, and those of the registered panels and controls."""
    note_rows("companies", {company.pk: company.updated_at})
    claims = claim_lines(company.verifications.all(), at=now)
    current = sum(claim.state == "current" for claim in claims)
    crumbs = _crumbs(company)
    return CompanyPage(
        name=company.legal_name,
        trade_name=company.trade_name if company.trade_name != company.legal_name else "",
        place=place(company),
        logo_url=logo_url(company),
        initials=initials(company.legal_name),
        description=company.description,
        summary=Truncator(company.description).chars(155) or place(company),
        facts=profile_facts(company),
        claims=claims,
        claims_label=_("%(number)d current") % {"number": current} if current else "",
        contact=_masked_contact(company),
        panels=_panels(company, now),
        actions=[
            ActionView(str(action.label), action.icon, action.url_for(company), action.primary)
            for action in registry.actions(audience)
        ],
        controls=[
            ControlView(control.template, control.fetch(company, member_id)) for control in registry.controls(audience)
        ],
        crumbs=crumbs,
        canonical=settings.SITE_URL + company.get_absolute_url(),
        report_url=reverse("moderation:report", args=["company", company.slug]),
        notice=_notice(company),
        structured=_structured(company)
        + json_ld(breadcrumb_list([*crumbs, (company.legal_name, company.get_absolute_url())])),
    )


def profile_facts(company: Company) -> list[tuple[str, str]]:
    """What the company says about itself, name and value; what it left out is said to be left out."""
    types = dict(BusinessType.choices)
    rows = [
        (_("Business type"), ", ".join(str(types.get(code, code)) for code in company.business_types)),
        (_("Industries"), ", ".join(category.name for category in company.industries.all())),
        (_("Established"), str(company.year_established or "")),
        (_("People"), company.get_headcount_band_display()),
        (_("Turnover"), company.get_turnover_band_display()),
        (_("Main markets"), ", ".join(country_name(code) for code in company.main_markets)),
        (_("Languages"), ", ".join(language_name(code) for code in company.languages)),
    ]
    return [(label, str(value) or _("Not stated")) for label, value in rows]


def mask_phone(number: PhoneNumber | None) -> str:
    """The country's code and a geographic area code, which the city gives away anyway: "+84 262 •••• ••••"."""
    if not number or not number.is_valid():
        return _("Not stated")
    digits = phonenumbers.national_significant_number(number)
    area = digits[: phonenumbers.length_of_geographical_area_code(number)]
    return " ".join(part for part in (f"+{number.country_code}", area, HIDDEN * 2, HIDDEN * 2) if part)


def _masked_contact(company: Company) -> list[tuple[str, str]]:
    """That there is something, never what it is: the real values do not reach the template."""
    where = (company.city, company.region, country_name(str(company.country)))
    return [
        (_("Telephone"), mask_phone(company.phone)),
        (_("Website"), _("Hidden") if company.website else _("Not stated")),
        (_("Place"), ", ".join(part for part in where if part)),
    ]


def _panels(company: Company, now: datetime) -> list[PanelView]:
    fetched = [(panel, panel.fetch(company, now)) for panel in registry.panels()]
    return [
        PanelView(panel.name, str(panel.title), panel.template, content)
        for panel, content in fetched
        if content is not None
    ]


def _waits(company: Company) -> bool:
    """Whether it is staff who have to look before the company is listed."""
    off = company.state in {Company.State.DRAFT, Company.State.HIDDEN}
    return off and must_wait(company) and is_confirmed(company)


def _notice(company: Company) -> str:
    """Why others cannot see the page; "" when they can."""
    if _waits(company):
        return str(WAITS)
    return {
        Company.State.DRAFT: _("Only your team sees this page. It is public once the owner’s e-mail is confirmed."),
        Company.State.HIDDEN: _("Only your team sees this page. An owner can list it again under My company."),
        Company.State.SUSPENDED: _("Only your team sees this page. Our staff suspended the company and wrote why."),
    }.get(Company.State(company.state), "")


def _crumbs(company: Company) -> list[tuple[str, str]]:
    """Companies / its country."""
    code = str(company.country)
    return [
        (_("Companies"), reverse("directory:companies")),
        (country_name(code), CompanySearch(country=(code,)).url),
    ]


def _structured(company: Company) -> SafeString:
    """The public facts as a schema.org Organization. Source: https://schema.org/Organization."""
    logo = logo_url(company)
    return json_ld(
        {
            "@type": "Organization",
            "name": company.legal_name,
            "alternateName": company.trade_name,
            "url": settings.SITE_URL + company.get_absolute_url(),
            "logo": settings.SITE_URL + logo if logo else "",
            "description": Truncator(company.description).chars(500),
            "foundingDate": str(company.year_established or ""),
            "knowsLanguage": list(company.languages),
            "address": {
                "@type": "PostalAddress",
                "addressLocality": company.city,
                "addressRegion": company.region,
                "addressCountry": str(company.country),
            },
        }
    )
