"""Leads of somebody who leaves: off the board at once, and deleted in the end or left to their company."""

from collections.abc import Collection, MutableSequence, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from directory.models import Company
from offerboard.models import Inquiry, Lead, LeadDocument, LeadPicture, LeadRevision
from offerboard.personal_data import REMOVED
from offerboard.services.lead_states import hold_leads, release_leads
from privacy.cascades import files_below
from privacy.departures import Departure, Leaving, register_departure, register_eraser
from privacy.followers import register_listings
from privacy.models import Erasure
from privacy.snapshot import LANGUAGE

BATCH = 200  # leads in a transaction


@transaction.atomic
def erase_leads(*, leaving: Leaving, files: MutableSequence[str], now: datetime) -> int:
    """Leave some leads to their company if the person wished so and it goes on; delete some others."""
    own = Lead.objects.filter(posted_by=leaving.member_id)
    if leaving.leads == Erasure.Leads.COMPANY:
        stays = ~Q(company__state=Company.State.CLOSED)
        keys = list(own.filter(stays).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if keys:
            return Lead.objects.filter(pk__in=keys).update(posted_by=None)
    keys = list(own.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if keys:
        _delete(keys, files, now=now)
        return len(keys)
    return Inquiry.objects.filter(begun_by=leaving.member_id).update(subject=_removed(), begun_by=None)


def _delete(keys: Sequence[int], files: MutableSequence[str], *, now: datetime) -> None:
    files.extend(files_below(Lead, keys))
    LeadRevision.objects.filter(lead__in=keys, closed_at=None).update(closed_at=now)
    Inquiry.objects.filter(lead__in=keys).update(subject=_removed())
    Lead.objects.filter(pk__in=keys).delete()


def _removed() -> str:
    with translation.override(LANGUAGE):
        return str(REMOVED)


def _hold(leaving: Leaving, now: datetime) -> None:
    if leaving.leads == Erasure.Leads.NOW:
        hold_leads(leads=Lead.objects.filter(posted_by=leaving.member_id), hold=Lead.Hold.LEAVING, now=now)


def _release(leaving: Leaving, _nothing: None, now: datetime) -> None:
    release_leads(leads=Lead.objects.filter(posted_by=leaving.member_id), hold=Lead.Hold.LEAVING, now=now)


def has_posted(members: Collection[int]) -> bool:
    """Whether somebody can have copied a lead of one of these members."""
    return Lead.objects.filter(posted_by__in=members, posted_at__isnull=False).exists()


def register() -> None:
    """Make leads known to those who leave."""
    register_listings(has_posted)
    register_departure(Departure("leads", _hold, _release))
    register_eraser(erase_leads, Lead, LeadDocument, LeadPicture, Inquiry)
