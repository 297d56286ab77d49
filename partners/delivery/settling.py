"""How an attempt ended, and what becomes of the message."""

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from partners.delivery.pausing import pause_and_tell
from partners.delivery.posting import Outcome
from partners.models import Webhook, WebhookDelivery

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=10)  # doubled each time, up to the longest
LONGEST_RETRY = timedelta(hours=6)
JITTER = 0.2  # by so much earlier or later, so that what failed together does not come back together
PATIENCE = timedelta(days=3)

State, Why = WebhookDelivery.State, Webhook.PauseReason


@transaction.atomic(durable=True)
def note_outcome(delivery: WebhookDelivery, outcome: Outcome, *, now: datetime) -> None:
    """Write down how it went, if the message is still this worker's; another one brings it again under the same id."""
    facts: dict[str, Any] = {
        "lease_until": None,
        "last_status": outcome.status,
        "last_error": outcome.error[:200],
        "took_ms": outcome.took_ms,
    }
    if outcome.is_taken:
        _still_mine(delivery).update(state=State.DELIVERED, ended_at=now, **facts)
        return
    again_at = None if delivery.event == WebhookDelivery.Event.PING else now + wait_after(delivery.attempts)
    if again_at is None:
        noted = _still_mine(delivery).update(state=State.FAILED, ended_at=now, **facts)
    else:
        noted = _still_mine(delivery).update(state=State.PENDING, not_before=again_at, **facts)
    if not noted:
        return
    log.warning("webhook_failed", delivery=str(delivery.pk), status=outcome.status, attempts=delivery.attempts)
    if outcome.is_gone:
        pause_and_tell(delivery.webhook, Why.GONE, error=outcome.error, now=now)
    elif again_at is not None and again_at > delivery.tried_from + PATIENCE:
        pause_and_tell(delivery.webhook, Why.FAILING, error=outcome.error, now=now)


@transaction.atomic(durable=True)
def give_up(delivery: WebhookDelivery, error: str, *, now: datetime) -> None:
    """Nobody can write the message any more."""
    _still_mine(delivery).update(state=State.FAILED, ended_at=now, lease_until=None, last_error=error)


def wait_after(attempts: int) -> timedelta:
    """How long the next attempt waits after so many."""
    doublings = min(attempts - 1, 20)
    longest = min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
    return longest * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody gains by guessing it


def _still_mine(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, state=State.CLAIMED, lease_until=delivery.lease_until)
