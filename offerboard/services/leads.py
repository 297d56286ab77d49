"""Posting leads and changing what they say; services.lead_states moves them on and off the board."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Member
from directory import hs
from directory.models import Category, Company
from directory.slugs import public_slug
from offerboard.models import Lead
from offerboard.revisions import keep_revisions
from offerboard.services.tiers import set_tiers, tiers_of
from offerboard.tiers import Tier
from privacy.languages import site_language
from privacy.masking import mask_contacts

TITLE, DESCRIPTION, PLACE = 160, 8000, 100  # characters, as the columns have them
BRAND, MODEL, PACKAGING = 80, 80, 200
FREE_TEXTS = {
    "title": TITLE,
    "description": DESCRIPTION,
    "place": PLACE,
    "brand": BRAND,
    "model": MODEL,
    "packaging": PACKAGING,
}
NOT_COLUMNS = {"tiers"}


class NotADraft(Exception):
    """The lead has left the drafts in the meantime: it was published, or discarded."""


class NotEditable(Exception):
    """The lead is closed, or still a draft."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the lead since the details were made from it; to write them would undo that."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(lead)
        self.lead = lead  # as it is now


class EndsInThePast(Exception):
    """Counted from its posting, the lead's new number of days is over already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDetails:
    """What a company says about its lead; a draft may leave out anything but the kind.

    Quantity is in `unit` (UN/ECE Recommendation 20), price in `currency` (ISO 4217) for one unit; `hs_code` is
    digits only, `origin` and `destinations` ISO 3166-1 alpha-2, `lead_time_days` counts from the order, `valid_days`
    from the posting. `tiers` come by growing quantity.
    """

    kind: str = Lead.Kind.SELL_OFFER
    title: str = ""
    category: Category | None = None
    description: str = ""
    origin: str = ""
    hs_code: str = ""
    condition: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    currency: str = ""
    price_on_request: bool = False
    incoterm: str = ""
    place: str = ""
    payment_terms: str = ""
    valid_days: int = 30
    brand: str = ""
    model: str = ""
    destinations: list[str] = field(default_factory=list)
    samples: str = ""
    packaging: str = ""
    lead_time_days: int | None = None
    tiers: tuple[Tier, ...] = ()

    @classmethod
    def of(cls, lead: Lead) -> "LeadDetails":
        """What the lead says now."""
        read_apart = {"origin", "price_on_request", "tiers"}
        return cls(
            **{name: getattr(lead, name) for name in cls.__slots__ if name not in read_apart},
            origin=lead.origin.code or "",
            tiers=tiers_of(lead),
            # Only drafts can be undecided about their price.
            price_on_request=lead.price_on_request or (lead.state != Lead.State.DRAFT and lead.price is None),
        )

    def masked(self) -> "LeadDetails":
        """The same without e-mail addresses and telephone numbers; the words in their place may take up more room."""
        shown: dict[str, Any] = {
            name: mask_contacts(getattr(self, name))[:longest] for name, longest in FREE_TEXTS.items()
        }
        return replace(self, **shown)

    def columns(self) -> dict[str, Any]:
        """The lead's columns, with contact details masked; the tiers have a table of their own."""
        details = self.masked()
        columns = {name: getattr(details, name) for name in self.__slots__ if name not in NOT_COLUMNS}
        copied = {"category_path": self.category.path if self.category else [], "hs_edition": hs.EDITION}
        return columns | copied


def submission_for(*, company: Company, typed: UUID) -> UUID:
    """The form's own number, made the company's: a number from somewhere else meets nobody else's lead."""
    return uuid5(typed, f"lead of {company.pk}")


@transaction.atomic(durable=True)
def create_draft(*, company: Company, member: Member, submission: UUID, details: LeadDetails, now: datetime) -> Lead:
    """A new draft; of two clicks with the same submission one creates it and the other gets it as it is."""
    return begin_draft(company=company, member=member, submission=submission, details=details, now=now)[0]


@transaction.atomic
def begin_draft(
    *, company: Company, member: Member, submission: UUID, details: LeadDetails, now: datetime
) -> tuple[Lead, bool]:
    """`create_draft` for services that add to it; also answers whether this call created it."""
    try:
        with transaction.atomic():
            lead = Lead.objects.create(
                company=company,
                posted_by=member,
                submission=submission,
                slug=_address(details),
                country=company.country,
                language=site_language(member.language),  # what the member chose is about mail
                created_at=now,
                updated_at=now,
                **details.columns(),
            )
    except IntegrityError:
        return Lead.objects.get(submission=submission, company=company), False
    set_tiers(lead=lead, tiers=details.tiers)
    return lead, True


@transaction.atomic(durable=True)
def update_draft(*, lead: Lead, details: LeadDetails, seen: datetime | None, now: datetime) -> bool:
    """Replace what the draft says. `seen` is the draft's time of change when the details were made from it.

    None is for details that were made from nothing stored. Answers whether anything differed: where nothing does,
    nothing is written. Raises NotADraft, ChangedMeanwhile.
    """
    current = Lead.objects.drafts().select_for_update(no_key=True).filter(pk=lead.pk).first()
    if current is None:
        raise NotADraft
    _refuse_to_undo(current, details, seen=seen)
    differs = not _says_already(current, details)
    if differs:
        Lead.objects.filter(pk=current.pk).update(**details.columns(), updated_at=now)
        set_tiers(lead=current, tiers=details.tiers)
    lead.refresh_from_db()
    return differs


@transaction.atomic(durable=True)
def update_lead(*, lead: Lead, details: LeadDetails, seen: datetime | None, now: datetime) -> bool:
    """Change a lead that has left the drafts; it keeps its place on the board, its posting date and its address.

    After a rejection, and on the board where leads are reviewed first, it waits for review again. A new number of
    days counts from the posting; an expired lead comes back by renewal alone. `seen` and the answer are as in
    `update_draft`: what says the same again moves no time of change, and nobody who follows the market hears of it.
    Raises NotEditable, ChangedMeanwhile, EndsInThePast.
    """
    current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    if current.state in {Lead.State.DRAFT, Lead.State.CLOSED}:
        raise NotEditable
    _refuse_to_undo(current, details, seen=seen)
    if _says_already(current, details) and current.state != Lead.State.REJECTED:  # which asks for another look
        lead.refresh_from_db()
        return False
    days = details.valid_days
    if current.posted_at and current.expires_at and current.expires_at > now and days != current.valid_days:
        current.expires_at = current.posted_at + timedelta(days=days)
        if current.expires_at <= now:
            raise EndsInThePast
    columns = details.columns()
    for name, value in columns.items():
        setattr(current, name, value)
    if current.state == Lead.State.REJECTED or must_be_reviewed(current):
        current.state = Lead.State.PENDING
    current.updated_at = now
    current.save(update_fields=[*columns, "expires_at", "state", "updated_at"])
    set_tiers(lead=current, tiers=details.tiers)
    keep_revisions(leads=Lead.objects.filter(pk=current.pk), now=now)
    lead.refresh_from_db()
    return True


@transaction.atomic
def refile_lead(*, lead: Lead, category: Category, now: datetime) -> None:
    """Staff put a lead under another category; it stays where it is on the board."""
    filed = Lead.objects.filter(pk=lead.pk)
    filed.update(category=category, category_path=category.path, updated_at=now)
    keep_revisions(leads=filed, now=now)


def must_be_reviewed(lead: Lead) -> bool:
    """Whether a change takes the lead back to staff: the public must not read what nobody reviewed.

    A paused lead stays paused, as its owner wants it, and goes to staff when it is resumed or renewed.
    """
    return settings.LEADS_REVIEWED_FIRST and lead.state == Lead.State.PUBLISHED


def _refuse_to_undo(current: Lead, details: LeadDetails, *, seen: datetime | None) -> None:
    """Raises ChangedMeanwhile; not where the lead says all this already, as after a second click."""
    if seen not in (None, current.updated_at) and not _says_already(current, details):
        raise ChangedMeanwhile(current)


def _says_already(lead: Lead, details: LeadDetails) -> bool:
    return LeadDetails.of(lead) == details.masked()


def _address(details: LeadDetails) -> str:
    """Made once and kept: from the title, or from the category where the title has no Latin letters."""
    return public_slug(details.masked().title, fallback=details.category.slug if details.category else "lead")
