"""Messages that somebody asks for: tests, and one more time what was sent."""

from datetime import datetime, timedelta

from django.db import transaction

from partners import tasks
from partners.models import Webhook, WebhookDelivery

KEPT = timedelta(days=30)  # what has ended
PINGS, HOUR = 20, timedelta(hours=1)
ROWS = 5_000  # deleted by a statement

State = WebhookDelivery.State


class TooManyPings(Exception):
    """So many within an hour are enough to test with; `seconds` until the next one."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class OnItsWay(Exception):
    """It has not ended yet, so that it cannot be sent one more time."""


@transaction.atomic
def ping_webhook(*, webhook: Webhook, now: datetime) -> WebhookDelivery:
    """Send a test, also while it is paused. One attempt. Raises TooManyPings."""
    locked = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    lately = locked.deliveries.filter(event=WebhookDelivery.Event.PING, created_at__gt=now - HOUR)
    times = list(lately.order_by("-created_at").values_list("created_at", flat=True)[:PINGS])
    if len(times) == PINGS:
        raise TooManyPings(max(1, round((times[-1] + HOUR - now).total_seconds())))
    transaction.on_commit(tasks.wake)
    return locked.deliveries.create(
        event=WebhookDelivery.Event.PING,
        epoch=locked.epoch,
        after=locked.position,
        up_to=locked.position,
        tried_from=now,
        not_before=now,
        created_at=now,
    )


@transaction.atomic
def replay_delivery(*, delivery: WebhookDelivery, now: datetime) -> None:
    """Send it one more time under its id; new changes wait until it has arrived. Raises OnItsWay."""
    ended = WebhookDelivery.objects.filter(pk=delivery.pk, state__in=[State.DELIVERED, State.FAILED])
    again = {"state": State.PENDING, "attempts": 0, "tried_from": now, "not_before": now, "ended_at": None}
    if not ended.update(**again):
        raise OnItsWay
    transaction.on_commit(tasks.wake)


def forget_deliveries(*, now: datetime) -> int:
    """Delete what ended a month ago, some at a time; answers how many it was."""
    total = 0
    while gone := _forget_some(now=now):
        total += gone
    return total


@transaction.atomic(durable=True)
def _forget_some(*, now: datetime) -> int:
    old = WebhookDelivery.objects.filter(ended_at__lt=now - KEPT).values("pk")[:ROWS]
    return WebhookDelivery.objects.filter(pk__in=old).delete()[0]
