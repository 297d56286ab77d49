"""What a member watches, and the button by which they do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Member
from directory.models import Company
from directory.selectors.cards import CompanyCard, company_cards
from offerboard.models import Favourite, Lead, SavedSearch
from offerboard.presentation import LeadCard, ago, number
from offerboard.selectors.cards import lead_cards

PAGE = 20


@dataclass(frozen=True, slots=True)
class WatchButton:
    """The star beside a lead or a company, for components/watch.html."""

    url: str
    asks_login: bool
    on: bool  # it is on the reader's list


@dataclass(frozen=True, slots=True)
class WatchTab:
    """One of the lists a member keeps."""

    label: str
    count: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class WatchedLead:
    """A row; without a card the lead is not public, and nothing of it is shown."""

    pk: UUID
    since: str
    card: LeadCard | None


@dataclass(frozen=True, slots=True)
class WatchedCompany:
    """A row; without a card the company is not listed, and nothing of it is shown."""

    pk: UUID
    since: str
    card: CompanyCard | None


@dataclass(frozen=True, slots=True)
class WatchingPage:
    """One of the two lists, newest first."""

    tabs: list[WatchTab]
    leads: list[WatchedLead]
    companies: list[WatchedCompany]
    shows_companies: bool
    first_url: str
    next_url: str


def watch_lead_button(slug: str, *, member_id: int | None) -> WatchButton:
    """The star of a lead. One query for members, none for visitors."""
    url = reverse("offerboard:watch", args=[slug])
    kept = member_id is not None and Favourite.objects.of_member(member_id).filter(lead__slug=slug).exists()
    return WatchButton(url=url, asks_login=member_id is None, on=kept)


def watch_company_button(company: Company, member_id: int | None) -> dict[str, WatchButton]:
    """The star of a company, as the directory's page asks for it. One query for members, none for visitors."""
    url = reverse("offerboard:watch_company", args=[company.slug])
    kept = member_id is not None and Favourite.objects.of_member(member_id).filter(company=company).exists()
    return {"watch": WatchButton(url=url, asks_login=member_id is None, on=kept)}


def watching_page(*, member: Member, companies: bool, after: str, now: datetime) -> WatchingPage:
    """The member's leads or companies. Five queries, however many they watch.

    `after` is the number of rows on the pages before: a list holds at most services.watching.MOST_FAVOURITES.
    """
    seen = int(after) if after.isascii() and after.isdigit() and len(after) < 4 else 0
    favourites = Favourite.objects.of_member(member.pk).order_by("-created_at", "-id")
    kept = favourites.of_companies() if companies else favourites.of_leads()
    rows = list(kept.select_related("company" if companies else "lead")[seen : seen + PAGE + 1])
    shown = rows[:PAGE]
    base = reverse("offerboard:watching") + ("?list=companies&" if companies else "?")
    return WatchingPage(
        tabs=watch_tabs(member=member, current="companies" if companies else "leads"),
        leads=[] if companies else _leads(shown, now=now),
        companies=_companies(shown, now=now) if companies else [],
        shows_companies=companies,
        first_url=base.rstrip("?&") if seen else "",
        next_url=f"{base}after={seen + PAGE}" if len(rows) > PAGE else "",
    )


def watch_tabs(*, member: Member, current: str) -> list[WatchTab]:
    """Leads, companies and searches, each with how many there are. Two queries."""
    counts = Favourite.objects.of_member(member.pk).aggregate(leads=Count("lead"), companies=Count("company"))
    counts["searches"] = SavedSearch.objects.filter(member=member).count()
    watching = reverse("offerboard:watching")
    lists = {
        "leads": (_("Leads"), watching),
        "companies": (_("Companies"), f"{watching}?list=companies"),
        "searches": (_("Saved searches"), reverse("offerboard:searches")),
    }
    return [WatchTab(label, number(counts[key]), url, key == current) for key, (label, url) in lists.items()]


def _leads(favourites: list[Favourite], *, now: datetime) -> list[WatchedLead]:
    public = Lead.objects.public(at=now).filter(pk__in=[favourite.lead_id for favourite in favourites])
    cards = {card.url: card for card in lead_cards(public, now=now)}
    return [
        WatchedLead(one.pk, _since(one, now=now), cards.get(one.lead.get_absolute_url()) if one.lead else None)
        for one in favourites
    ]


def _companies(favourites: list[Favourite], *, now: datetime) -> list[WatchedCompany]:
    listed: Any = Company.objects.listed().filter(pk__in=[favourite.company_id for favourite in favourites])
    cards = {card.slug: card for card in company_cards(listed, now=now)}
    return [
        WatchedCompany(one.pk, _since(one, now=now), cards.get(one.company.slug) if one.company else None)
        for one in favourites
    ]


def _since(favourite: Favourite, *, now: datetime) -> str:
    return _("Added %(ago)s") % {"ago": ago(favourite.created_at, now=now)}
