"""A campaign's way: begun at its time, its readers found, and ended when no row is open; each step is committed."""

import time
from datetime import datetime

import structlog
from django.db import transaction

from mailings.delivery.readers import find_some
from mailings.models import ENDED, FORGOTTEN, Campaign, Delivery
from mailings.selectors.campaigns import progress_of

log = structlog.get_logger(__name__)

SHIFT = 60.0  # seconds, well before Celery's time limit
WITHDRAWN_AT_ONCE = 5_000
State = Campaign.State


def advance(*, now: datetime) -> None:
    """Do what is due for each campaign; run twice, or by two workers at once, it does nothing twice.

    What takes longer than a shift is gone on with in the next one.
    """
    ends_at = time.monotonic() + SHIFT
    due = Campaign.objects.filter(state=State.APPROVED, starts_at__lte=now)
    due.update(state=State.MATERIALISING, began_at=now)
    for campaign_id in _in(State.MATERIALISING):
        while time.monotonic() < ends_at and find_some(campaign_id=campaign_id, now=now):
            pass
    for campaign_id in _in(State.DRAINING):
        while time.monotonic() < ends_at and _withdraw_some(campaign_id, now=now):
            pass
        _end(campaign_id, State.DRAINING, State.CANCELLED, now=now)
    for campaign_id in _in(State.SENDING):
        _end(campaign_id, State.SENDING, State.DONE, now=now)


@transaction.atomic(durable=True)
def _withdraw_some(campaign_id: int, *, now: datetime) -> bool:
    """Take back rows that have not been handed over; whether there are more. What is in flight is awaited."""
    waiting = Delivery.objects.filter(campaign=campaign_id, state__in=["pending", "claimed"]).order_by("pk")
    batch = list(waiting.values_list("pk", flat=True)[:WITHDRAWN_AT_ONCE])
    ended = {"lease_until": None, "ended_at": now, **FORGOTTEN}
    Delivery.objects.filter(pk__in=batch, state__in=["pending", "claimed"]).update(state="withdrawn", **ended)
    return bool(batch)


@transaction.atomic(durable=True)
def _end(campaign_id: int, before: Campaign.State, after: Campaign.State, *, now: datetime) -> None:
    """Write down the numbers once no row is open; rows are forgotten some months later, the numbers stay."""
    ending = Campaign.objects.filter(pk=campaign_id, state=before)
    # Locked before it is counted: a bounce that comes in meanwhile waits, and then moves the figures.
    campaign = ending.select_for_update(no_key=True).first()
    if campaign is None:
        return
    if Delivery.objects.filter(campaign=campaign_id).open().exists():
        return
    counted = progress_of([campaign], at=now)[campaign_id]
    ended = {state: getattr(counted, state) for state in ENDED}
    if ending.update(state=after, ended_at=now, audience=sum(ended.values()), **ended):
        log.info("campaign_ended", campaign=campaign_id, **ended)


def _in(state: Campaign.State) -> list[int]:
    return list(Campaign.objects.filter(state=state).order_by("starts_at").values_list("pk", flat=True))
