"""A lead's way on and off the board. Of two clicks, one wins: each change asks for the state it starts from.

What a company does can also depend on what was read: `seen` is the time of change that the lead had then, or None.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.notices import NoticeKind
from mailings.services.notifying import notify
from offerboard import tasks
from offerboard.models import BoardEntry, Lead
from offerboard.models.lead import LeadQuerySet, NextRank
from offerboard.notices import APPROVED, REJECTED
from offerboard.revisions import keep_revisions
from offerboard.services.documents import forget_documents
from offerboard.services.leads import ChangedMeanwhile, NotADraft
from offerboard.services.pictures import forget_files

FORGOTTEN_AFTER = timedelta(days=90)  # from expiry until the lead is closed for good
CLEARED_AT_ONCE = 5_000  # entries


class CompanyNotListed(Exception):
    """The company is not shown in the directory, so its leads cannot be either."""


class Incomplete(Exception):
    """The draft lacks what a lead on the board must have."""


class NotPublished(Exception):
    """The lead is not on the board."""


class NotPaused(Exception):
    """The lead is not paused, or has expired meanwhile."""


class NotOpen(Exception):
    """The lead is closed already."""


class StillADraft(Exception):
    """The lead was never posted, so there is nothing to close: drafts are deleted."""


class NotRenewable(Exception):
    """The lead was never on the board, waits for staff, or is closed."""


class RenewedToday(Exception):
    """The lead was posted or renewed within a day and runs its full time already."""


class NotDecidable(Exception):
    """Staff cannot take this decision in the lead's state."""


@transaction.atomic(durable=True)
def publish_lead(*, lead: Lead, seen: datetime | None = None, now: datetime) -> None:
    """Put a draft on the board, or before a moderator where leads are reviewed first.

    Raises ChangedMeanwhile, CompanyNotListed, Incomplete, NotADraft.
    """
    company = _listed_company(lead)
    _hold_as_seen(lead, seen)
    try:
        with transaction.atomic():
            current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
            if current.state != Lead.State.DRAFT:
                raise NotADraft
            current.country = company.country  # it may have moved since
            current.holds = [hold for hold in current.holds if hold != Lead.Hold.COMPANY]  # it is listed, and locked
            current.price_on_request = current.price is None
            current.updated_at = now
            if settings.LEADS_REVIEWED_FIRST:
                current.state = Lead.State.PENDING
            else:
                _post(current, now=now)
            current.save()
    except IntegrityError as error:
        raise Incomplete from error
    except Lead.DoesNotExist as error:
        raise NotADraft from error
    _keep_revision(lead, now=now)
    lead.refresh_from_db()


@transaction.atomic(durable=True)
def pause_lead(*, lead: Lead, seen: datetime | None = None, now: datetime) -> None:
    """Take a lead off the board for a while; its days go on counting. Raises ChangedMeanwhile, NotPublished."""
    _hold_as_seen(lead, seen)
    on_board = Lead.objects.filter(pk=lead.pk, state=Lead.State.PUBLISHED, expires_at__gt=now)
    if not on_board.update(state=Lead.State.PAUSED, updated_at=now):
        raise NotPublished
    _keep_revision(lead, now=now)


@transaction.atomic(durable=True)
def resume_lead(*, lead: Lead, seen: datetime | None = None, now: datetime) -> None:
    """Put a paused lead back where it was; before a moderator where leads are reviewed first, as it may have changed.

    Raises ChangedMeanwhile, CompanyNotListed, NotPaused.
    """
    _listed_company(lead)
    _hold_as_seen(lead, seen)
    paused = Lead.objects.filter(pk=lead.pk, state=Lead.State.PAUSED, expires_at__gt=now)
    state = Lead.State.PENDING if settings.LEADS_REVIEWED_FIRST else Lead.State.PUBLISHED
    if not paused.update(state=state, updated_at=now):
        raise NotPaused
    _keep_revision(lead, now=now)


@transaction.atomic(durable=True)
def renew_lead(*, lead: Lead, seen: datetime | None = None, now: datetime) -> None:
    """Let a published or expired lead run its full time again, from the top of the board.

    One that expired while paused may have changed: where leads are reviewed first, it waits for a moderator.
    Raises ChangedMeanwhile, CompanyNotListed, NotRenewable, RenewedToday.
    """
    company = _listed_company(lead)
    _hold_as_seen(lead, seen)
    current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    if not current.may_return(at=now):
        raise NotRenewable
    if current.runs_its_full_time(at=now):
        raise RenewedToday
    if settings.LEADS_REVIEWED_FIRST and current.state == Lead.State.PAUSED:
        current.state = Lead.State.PENDING  # approval posts it, as it has expired
    else:
        _post(current, now=now)
    current.country = company.country
    current.renewals += 1
    current.updated_at = now
    current.save()
    _keep_revision(lead, now=now)
    lead.refresh_from_db()


@transaction.atomic(durable=True)
def close_lead(*, lead: Lead, seen: datetime | None = None, now: datetime) -> None:
    """End a lead for good. Raises ChangedMeanwhile, NotOpen, StillADraft."""
    _hold_as_seen(lead, seen)
    if not Lead.objects.open().filter(pk=lead.pk).update(state=Lead.State.CLOSED, updated_at=now):
        raise StillADraft if Lead.objects.drafts().filter(pk=lead.pk).exists() else NotOpen
    _keep_revision(lead, now=now)


@transaction.atomic(durable=True)
def discard_draft(
    *,
    lead: Lead,
    seen: datetime | None = None,
    now: datetime,  # noqa: ARG001  # called like every other change
) -> None:
    """Delete a draft, its pictures and its documents. Raises ChangedMeanwhile, NotADraft."""
    _hold_as_seen(lead, seen)
    draft = Lead.objects.drafts().select_for_update().filter(pk=lead.pk).first()
    if draft is None:
        raise NotADraft
    forget_files(draft.pictures.all())
    forget_documents(draft.documents.all())
    draft.delete()


@transaction.atomic
def approve_lead(*, lead: Lead, now: datetime) -> None:
    """Staff let a waiting or rejected lead onto the board; its people hear of it. Raises NotDecidable."""
    current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    if current.state not in {Lead.State.PENDING, Lead.State.REJECTED}:
        raise NotDecidable
    if current.expires_at is None or current.expires_at <= now:
        _post(current, now=now)
    current.state = Lead.State.PUBLISHED  # an edited lead keeps its place on the board
    current.rejection = ""
    current.updated_at = now
    current.save()
    _keep_revision(lead, now=now)
    lead.refresh_from_db()
    _tell_people(lead, kind=APPROVED, now=now)


@transaction.atomic
def reject_lead(*, lead: Lead, reason: str, now: datetime) -> None:
    """Staff take a lead down; its people are told why. Raises NotDecidable; a reason is required."""
    rejectable = [Lead.State.PENDING, Lead.State.PUBLISHED, Lead.State.PAUSED]
    changed = Lead.objects.filter(pk=lead.pk, state__in=rejectable).update(
        state=Lead.State.REJECTED, rejection=reason.strip(), updated_at=now
    )
    if not changed:
        raise NotDecidable
    _keep_revision(lead, now=now)
    lead.refresh_from_db()
    _tell_people(lead, kind=REJECTED, now=now)


def as_long_as_it_takes() -> None:
    """Lift the page's limit on statements until the commit: a company may have a hundred thousand leads to hide."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


@transaction.atomic
def hold_leads(*, leads: LeadQuerySet, hold: Lead.Hold, now: datetime) -> int:
    """Hide leads whatever their state, at once; answers how many were not held so before."""
    as_long_as_it_takes()
    holds = Func(F("holds"), Value(hold.value), function="array_append")
    held = leads.exclude(holds__contains=[hold]).update(holds=holds, updated_at=now)
    if held:
        keep_revisions(leads=leads, now=now)
    return held


@transaction.atomic
def release_leads(*, leads: LeadQuerySet, hold: Lead.Hold, now: datetime) -> int:
    """Take one hold away, others stay; answers how many had it."""
    as_long_as_it_takes()
    holds = Func(F("holds"), Value(hold.value), function="array_remove")
    released = leads.filter(holds__contains=[hold]).update(holds=holds, updated_at=now)
    if released:
        keep_revisions(leads=leads, now=now)
    return released


@transaction.atomic(durable=True)
def close_forgotten_leads(*, now: datetime) -> int:
    """Close what expired 90 days ago and was not renewed; answers how many."""
    forgotten = Lead.objects.expired(at=now - FORGOTTEN_AFTER)
    return forgotten.update(state=Lead.State.CLOSED, updated_at=now)


def clear_board(*, now: datetime) -> int:
    """Remove the entries of leads that expired; answers how many.

    Nobody sees them any more, but each search that passes by would read them. In batches, each a transaction of its
    own. One that somebody is changing is left to the next sweep: waiting for it could end in a deadlock.
    """
    removed = 0
    while True:
        with transaction.atomic(durable=True):
            expired = BoardEntry.objects.expired(at=now).order_by("expires_at").select_for_update(skip_locked=True)
            batch = list(expired.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
            BoardEntry.objects.filter(pk__in=batch).delete()
        removed += len(batch)
        if not batch:
            return removed


def people_of(lead: Lead) -> Iterable[Member]:
    """Who hears what staff decide: the company's owners and, while in its team, the lead's author."""
    team = Q(teams__company_id=lead.company_id)
    return Member.objects.filter(
        team & (Q(teams__role=TeamMember.Role.OWNER) | Q(pk=lead.posted_by_id)), is_active=True
    ).order_by("pk")


def _keep_revision(lead: Lead, *, now: datetime) -> None:
    keep_revisions(leads=Lead.objects.filter(pk=lead.pk), now=now)
    transaction.on_commit(tasks.wake_alerts)  # it may be new to searches that send mails


def _hold_as_seen(lead: Lead, seen: datetime | None) -> None:
    """Until the commit nobody changes it, if it is what was read. Raises ChangedMeanwhile, Lead.DoesNotExist."""
    if seen is None:
        return
    current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    if current.updated_at != seen:
        raise ChangedMeanwhile(current)


def _post(lead: Lead, *, now: datetime) -> None:
    lead.state = Lead.State.PUBLISHED
    lead.rank = NextRank()
    lead.posted_at = now
    lead.expires_at = now + timedelta(days=lead.valid_days)


def _listed_company(lead: Lead) -> Company:
    """The lead's company, locked against being suspended or hidden meanwhile. Raises CompanyNotListed."""
    company = Company.objects.select_for_update(no_key=True).get(pk=lead.company_id)
    if company.state != Company.State.LISTED:
        raise CompanyNotListed
    return company


def _tell_people(lead: Lead, *, kind: NoticeKind, now: datetime) -> None:
    notify(
        kind=kind,
        readers=people_of(lead),
        keys=[str(lead.pk)],
        context={
            "title": lead.title,
            "reason": lead.rejection,
            "lead_url": urljoin(settings.SITE_URL, lead.get_absolute_url()),
            "edit_url": urljoin(settings.SITE_URL, reverse("offerboard:edit", args=[lead.slug])),
            "contact_url": urljoin(settings.SITE_URL, reverse("moderation:contact")),
            "ends_on": lead.expires_at.date() if lead.expires_at else None,  # templates write it in each language
        },
        now=now,
    )
