"""How an attempt ended, and what becomes of the message."""

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Least

from partners.delivery.pausing import pause_and_tell
from partners.delivery.posting import NO_SUCCESS, Outcome
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
    error = _shown(delivery, outcome)
    facts: dict[str, Any] = {
        "lease_until": None,
        "last_status": outcome.status,
        "last_error": error,
        "took_ms": outcome.took_ms,
    }
    if outcome.is_taken:
        _still_mine(delivery).update(state=State.DELIVERED, ended_at=now, **facts)
        return
    _hold_webhook(delivery)
    again_at = None if delivery.event == WebhookDelivery.Event.PING else now + _wait(delivery, outcome)
    if again_at is None:
        noted = _still_mine(delivery).update(state=State.FAILED, ended_at=now, **facts)
    else:
        noted = _still_mine(delivery).update(state=State.PENDING, not_before=again_at, **facts)
    if not noted:
        return
    log.warning("webhook_failed", delivery=str(delivery.pk), status=outcome.status, attempts=delivery.attempts)
    if outcome.is_gone:
        pause_and_tell(delivery.webhook, Why.GONE, error=error, now=now)
    elif again_at is not None and again_at > delivery.tried_from + PATIENCE:
        pause_and_tell(delivery.webhook, Why.FAILING, error=error, now=now)


@transaction.atomic(durable=True)
def give_up(delivery: WebhookDelivery, error: str, *, now: datetime) -> None:
    """Nobody can write the message any more. Its stretch is not passed over: the next message says “export again”."""
    _hold_webhook(delivery)
    if not _still_mine(delivery).update(state=State.FAILED, ended_at=now, lease_until=None, last_error=error):
        return
    if delivery.event == WebhookDelivery.Event.CHANGES:
        # Positions of another epoch say nothing of this one, in which it was told already.
        same = Webhook.objects.filter(pk=delivery.webhook_id, epoch=delivery.epoch)
        same.update(position=Least("position", delivery.after))


def _hold_webhook(delivery: WebhookDelivery) -> None:
    """Whoever writes both takes the webhook first, then its messages: else this and a deletion wait for each other."""
    Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()


def wait_after(attempts: int) -> timedelta:
    """How long the next attempt waits after so many."""
    doublings = min(attempts - 1, 20)
    longest = min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
    return longest * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody gains by guessing it


def _wait(delivery: WebhookDelivery, outcome: Outcome) -> timedelta:
    """As a receiver that is too busy asks for, if that is longer than ours, and never longer than our longest."""
    return max(wait_after(delivery.attempts), min(outcome.retry_after or timedelta(0), LONGEST_RETRY))


def _shown(delivery: WebhookDelivery, outcome: Outcome) -> str:
    """What the log says. What a machine inside the operator's networks answers is no business of members."""
    is_secret = outcome.is_inside and delivery.webhook.member_id is not None
    return NO_SUCCESS if is_secret and outcome.status is not None and outcome.error else outcome.error[:200]


def _still_mine(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, state=State.CLAIMED, lease_until=delivery.lease_until)
