"""Mails to many that are under way, and how many mails are stuck; on the front page of admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from mailings.models import Campaign, Outage
from mailings.selectors.campaigns import Progress, progress_of
from mailings.selectors.stuck import MUCH, count_stuck

SHOWN = 20  # campaigns


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One campaign and how far it is."""

    campaign: Campaign
    progress: Progress
    url: str


@dataclass(frozen=True, slots=True)
class MailDesk:
    """What this person may see of it: None where they may not."""

    campaigns: Sequence[UnderWay] | None
    stuck: int | None
    is_more: bool  # the count went no further
    outage: Outage | None  # of our own mail server
    url: str


def mail_desk(staff: Any, *, now: datetime) -> MailDesk | None:
    """For those who may see mails or campaigns. Four queries at most."""
    sees_campaigns, sees_mails = staff.has_perm("mailings.view_campaign"), staff.has_perm("mailings.view_delivery")
    if not (sees_campaigns or sees_mails):
        return None
    stuck = count_stuck(at=now) if sees_mails else None
    campaigns = _under_way(now) if sees_campaigns else None
    outage = Outage.objects.lasting(at=now).first() if sees_mails else None
    return MailDesk(campaigns, stuck, stuck == MUCH, outage, reverse("admin:mailings_stuck"))


def _under_way(now: datetime) -> list[UnderWay]:
    rows = list(Campaign.objects.released().order_by("starts_at", "pk")[:SHOWN])
    progress = progress_of(rows, at=now)
    return [UnderWay(row, progress[row.pk], reverse("admin:mailings_campaign_change", args=[row.pk])) for row in rows]
