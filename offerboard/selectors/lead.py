"""What a lead's page shows, fetched whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Case, Func, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from directory.codes import BusinessType
from directory.models import EDITORS, Category, Company, TeamMember
from directory.prepared import AT, KEY, OTHER_KEY, THIRD_KEY
from directory.selectors.cards import initials, logo_url, place
from directory.selectors.trust import Claim, claim_lines
from directory.shown import note_rows
from offerboard import presentation
from offerboard.models import BoardEntry, Inquiry, Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard
from offerboard.selectors.cards import PreparedCards
from offerboard.selectors.lead_extras import DocumentRow, TierRow, document_rows, tier_rows, with_extras
from offerboard.selectors.lead_parts import (
    PictureView,
    SpecRow,
    crumbs,
    gallery,
    specification,
    trade_terms,
)
from offerboard.selectors.lead_structured import structured
from offerboard.selectors.mine import MyLead, my_lead, tab_of

SIMILAR = 3


class LeadGone(Exception):
    """The lead was public and will not come back by itself: closed, rejected, hidden, or its days are over."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead.slug)
        self.lead = lead


@dataclass(frozen=True, slots=True)
class Firm:
    """The company beside its lead."""

    name: str
    url: str  # "" while its page is not public
    logo_url: str
    initials: str
    place: str
    line: str  # what it is, since when, how big
    claims: list[Claim]


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Everything the lead's template draws."""

    slug: str
    title: str
    is_sell: bool
    kind_label: str
    crumbs: list[tuple[str, str]]
    posted_at: datetime | None
    posted_ago: str
    posted_full: str
    open_until: datetime | None
    open_until_day: str
    time_left: str
    pictures: list[PictureView]
    facts: list[tuple[str, str]]
    description: str
    specification: list[SpecRow]
    trade_terms: list[SpecRow]
    price_heading: str  # "Price, FOB Hồ Chí Minh City"
    price: str
    price_unit: str
    price_missing: str
    price_line: str  # for how much, paid how
    tiers: list[TierRow]
    documents: list[DocumentRow]
    firm: Firm
    similar: list[LeadCard]
    report_url: str
    inquire_url: str
    thread_url: str  # what the reader's company wrote about the lead before, or ""
    is_ours: bool  # the reader belongs to the company
    is_public: bool
    state: str  # "Draft", "Published", "Expired"
    bar: MyLead | None  # for owners and editors: where the lead stands and what they can do
    summary: str
    canonical: str
    structured: SafeString

    @property
    def front(self) -> PictureView | None:
        """The large picture."""
        return next((picture for picture in self.pictures if picture.current), None)


@dataclass(frozen=True, slots=True)
class GonePage:
    """What stands where a lead was."""

    title: str
    text: str
    similar: list[LeadCard]
    board_url: str


def lead_page(*, slug: str, member_id: int | None, picture: str, now: datetime) -> LeadPage:
    """The lead as this reader may see it: everyone while it is public, its company's team always.

    Five queries for visitors. Raises Lead.DoesNotExist, and LeadGone for what once was public.
    """
    lead, role, thread = _find(slug, member_id=member_id)
    is_public = lead.is_public(at=now)
    if not is_public and not role:
        raise LeadGone(lead) if has_gone(lead, now=now) else Lead.DoesNotExist
    note_rows("leads", {lead.pk: lead.updated_at})
    note_rows("companies", {lead.company_id: lead.company.updated_at})
    pictures = gallery(lead, chosen=picture)
    return LeadPage(
        slug=lead.slug,
        title=lead.title or _("No title yet"),
        is_sell=lead.kind == Lead.Kind.SELL_OFFER,
        kind_label=lead.get_kind_display(),
        crumbs=crumbs(lead),
        posted_at=lead.posted_at,
        posted_ago=presentation.ago(lead.posted_at, now=now) if lead.posted_at else "",
        posted_full=presentation.full_time(lead.posted_at) if lead.posted_at else "",
        open_until=lead.expires_at,
        open_until_day=presentation.day(lead.expires_at) if lead.expires_at else "",
        time_left=presentation.time_left(lead.expires_at, now=now) if lead.expires_at else "",
        pictures=pictures,
        facts=presentation.facts(lead),
        description=lead.description,
        specification=specification(lead),
        trade_terms=trade_terms(lead),
        price_heading=_price_heading(lead),
        price=presentation.price_words(lead),
        price_unit=presentation.price_unit(lead),
        price_missing=presentation.price_missing(lead),
        price_line=_price_line(lead),
        tiers=tier_rows(lead, lead.tier_list),
        documents=document_rows(lead, lead.document_list),
        firm=_firm(lead.company, now=now),
        similar=similar_leads(lead, now=now),
        report_url=reverse("moderation:report", args=["lead", lead.slug]),
        inquire_url=reverse("offerboard:inquire", args=[lead.slug]),
        thread_url=reverse("offerboard:thread", args=[thread]) if thread else "",
        is_ours=bool(role),
        is_public=is_public,
        state=_("Expired") if tab_of(lead, now=now) == "expired" else lead.get_state_display(),
        bar=my_lead(lead=lead, now=now) if role in EDITORS else None,
        summary=Truncator(" ".join(lead.description.split())).chars(155),
        canonical=settings.SITE_URL + lead.get_absolute_url(),
        structured=structured(lead, images=[one.image_url for one in pictures], path=crumbs(lead), now=now),
    )


def gone_page(gone: LeadGone, *, now: datetime) -> GonePage:
    """What to say about a lead that is over, and where to look instead. One query."""
    lead = gone.lead
    board = reverse("offerboard:board")
    title, text = _why_gone(lead)
    return GonePage(
        title=title,
        text=text,
        similar=similar_leads(lead, now=now),
        board_url=f"{board}?category={lead.category.slug}" if lead.category else board,
    )


def _why_gone(lead: Lead) -> tuple[str, str]:
    """Heading and sentence; that staff took it down, and why, is said to its company alone."""
    if lead.holds or lead.state == Lead.State.REJECTED:
        return _("This lead is no longer shown"), _("It was taken off the board.")
    if lead.state == Lead.State.CLOSED:
        return _("This lead is closed"), _("The company has ended it. It is no longer shown.")
    return _("This lead has expired"), _("Its days on the board are over. The company may renew it.")


def similar_leads(lead: Lead, *, now: datetime) -> list[LeadCard]:
    """The newest of other companies in the same category, then in the same branch. One query, a few rows."""
    if lead.category is None:
        return []
    given = {KEY: lead.company_id, OTHER_KEY: lead.category.pk, THIRD_KEY: lead.category.parent_id}
    return SIMILAR_LEADS.cards(given, now=now)


def _similar() -> LeadQuerySet:
    """The newest of each category of the branch, by its index, and of these the nearest."""
    others = BoardEntry.objects.public(at=AT).exclude(company=KEY).newest_first()
    newest = ArraySubquery(others.filter(category=OuterRef("pk")).values("pk")[:SIMILAR])
    branch = Category.objects.filter(Q(pk=OTHER_KEY) | Q(parent=THIRD_KEY)).order_by()
    ids = branch.annotate(lead=Func(newest, function="unnest", output_field=BigIntegerField())).values("lead")
    nearest = Case(When(category=OTHER_KEY, then=0), default=1)
    return Lead.objects.filter(pk__in=ids).order_by(nearest, "-rank")[:SIMILAR]


SIMILAR_LEADS = PreparedCards(_similar)


def _find(slug: str, *, member_id: int | None) -> tuple[Any, str, UUID | None]:
    """The lead in whatever state, the reader's role in its company or "", and the newest thread of theirs about it.

    The lead carries its price tiers and documents.
    """
    leads = with_extras(Lead.objects.select_related("company", "category__parent").defer("company__search"))
    if member_id is None:
        return leads.get(slug=slug), "", None
    role = TeamMember.objects.filter(company=OuterRef("company_id"), member=member_id).values("role")[:1]
    theirs = Inquiry.objects.filter(lead=OuterRef("pk"), sender__team__member=member_id).newest_first()
    found = leads.annotate(readers_role=Subquery(role), thread=Subquery(theirs.values("pk")[:1])).get(slug=slug)
    return found, found.readers_role or "", found.thread


def has_gone(lead: Lead, *, now: datetime) -> bool:
    """Shown to the world once, and gone: over, closed, rejected or hidden. What only pauses may be back tomorrow."""
    if lead.posted_at is None or lead.expires_at is None or lead.posted_at > now:
        return False
    withdrawn = lead.state in {Lead.State.CLOSED, Lead.State.REJECTED} or bool(lead.holds)
    return withdrawn or (lead.state in {Lead.State.PUBLISHED, Lead.State.PAUSED} and lead.expires_at <= now)


def _price_heading(lead: Lead) -> str:
    label = _("Price") if lead.kind == Lead.Kind.SELL_OFFER else _("Target price")
    return f"{label}, {lead.incoterm} {lead.place}".strip() if lead.incoterm else label


def _price_line(lead: Lead) -> str:
    if lead.price is None:
        return _("Say how much you need and where to, and ask.") if lead.kind == Lead.Kind.SELL_OFFER else ""
    amount = presentation.quantity(lead.quantity, lead.unit) if lead.quantity is not None and lead.unit else ""
    parts = [_("Quantity %(amount)s") % {"amount": amount} if amount else "", lead.get_payment_terms_display()]
    return " · ".join(part for part in parts if part)


def _firm(company: Company, *, now: datetime) -> Firm:
    types = ", ".join(str(BusinessType(code).label) for code in company.business_types)
    parts = [
        types.capitalize(),
        _("since %(year)d") % {"year": company.year_established} if company.year_established else "",
        _("%(band)s people") % {"band": company.get_headcount_band_display()} if company.headcount_band else "",
    ]
    return Firm(
        name=company.legal_name,
        url=company.get_absolute_url() if company.state == Company.State.LISTED else "",
        logo_url=logo_url(company),
        initials=initials(company.legal_name),
        place=place(company),
        line=" · ".join(part for part in parts if part),
        claims=claim_lines(company.verifications.all(), at=now),
    )
