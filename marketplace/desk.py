"""What waits for staff, and the week in figures: the front page of admin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Member
from directory.models import Company
from moderation.models import Report, Ticket
from offerboard.models import Inquiry, Lead
from privacy.models import Removal

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Queue:
    """One work list: how much waits, since when, and where it is."""

    name: str
    open: int
    oldest: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the week."""

    name: str
    count: int


def work(staff: Any) -> list[Queue]:
    """The queues this person may open."""
    queues = [
        (
            _("Reports"),
            "moderation.view_report",
            Report.objects.filter(state="open"),
            "filed_at",
            "moderation_report",
            "open",
        ),
        (
            _("Leads to review"),
            "offerboard.view_lead",
            Lead.objects.filter(state="pending"),
            "updated_at",
            "offerboard_lead",
            "pending",
        ),
        (
            _("Tickets"),
            "moderation.view_ticket",
            Ticket.objects.filter(state="open"),
            "opened_at",
            "moderation_ticket",
            "open",
        ),
        (
            _("Removals"),
            "privacy.view_removal",
            Removal.objects.with_staff(),
            "request__received_at",
            "privacy_removal",
            "",  # its list has the open ones on top
        ),
    ]
    found = []
    for name, permission, rows, since, page, state in queues:
        if staff.has_perm(permission):
            counted = rows.aggregate(n=Count("pk"), oldest=Min(since))
            address = reverse(f"admin:{page}_changelist")
            address += f"?{urlencode({'state__exact': state})}" if state else ""
            found.append(Queue(name, counted["n"], counted["oldest"], address))
    return found


def week(*, now: datetime) -> list[Figure]:
    """What happened in the last seven days."""
    since = now - WEEK
    return [
        Figure(_("New members"), Member.objects.filter(joined_at__gt=since).count()),
        Figure(_("New companies"), Company.objects.filter(created_at__gt=since).count()),
        Figure(_("Leads posted"), Lead.objects.filter(posted_at__gt=since).count()),
        Figure(_("Inquiries begun"), Inquiry.objects.filter(started_at__gt=since).count()),
    ]
