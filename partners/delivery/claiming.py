"""Taking a message under a lease: of each webhook one at a time, those that have waited longest first."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partners.models import Webhook, WebhookDelivery

LEASE = timedelta(seconds=60)  # several times what an attempt may take
State = WebhookDelivery.State


def claim(*, now: datetime) -> WebhookDelivery | None:
    """The next message that is due, or None; its webhook and partner come along.

    A worker that claims another message of the same webhook at the same moment is stopped by the database.
    """
    try:
        return _claim(now=now)
    except IntegrityError:
        return None  # the sweep comes by in some seconds


@transaction.atomic(durable=True)
def _claim(*, now: datetime) -> WebhookDelivery | None:
    """What a worker left behind goes first, since nothing of that webhook passes it.

    How long it lay here past its time, as the contract was out or no worker ran, is our silence and not the receiver's:
    the days for which it is tried begin later by that.
    """
    delivery = _due(now).select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if delivery is None:
        return None
    delivery.tried_from += max(now - delivery.not_before, timedelta(0))
    delivery.state, delivery.lease_until, delivery.attempts = State.CLAIMED, now + LEASE, delivery.attempts + 1
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=State.CLAIMED,
        lease_until=delivery.lease_until,
        attempts=F("attempts") + 1,
        tried_from=delivery.tried_from,
        not_before=now,
    )
    return delivery


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    """A paused webhook gets nothing but the pings that its holder asks for."""
    under_way = WebhookDelivery.objects.filter(webhook=OuterRef("webhook"), state=State.CLAIMED)
    wanted = Q(webhook__state=Webhook.State.ACTIVE) | Q(event=WebhookDelivery.Event.PING)
    free = ~Exists(under_way.exclude(pk=OuterRef("pk")))
    rows = WebhookDelivery.objects.due(at=now).filter(wanted, free, webhook__in=Webhook.objects.served(at=now))
    return rows.select_related("webhook__partner", "webhook__key").order_by("not_before", "created_at")
