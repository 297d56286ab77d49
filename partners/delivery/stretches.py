"""The next stretch of the feed for each webhook that lags behind: one message, however many changes wait."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from partners.models import Change, Feed, Webhook, WebhookDelivery
from partners.selectors.webhooks import kinds_now, why_idle

MOST = 100  # changes in a message
GATHERING = timedelta(seconds=5)  # between two messages where the first held all there was

Event = WebhookDelivery.Event


def cut_stretches(*, now: datetime) -> None:
    """Write down the next message of each webhook for which none waits; run twice, it writes none twice.

    One that was not told of something hears so as soon as it may be, also if nothing happens any more.
    """
    feed = Feed.objects.get(pk=1)
    waiting = WebhookDelivery.objects.open().of_feed().filter(webhook=OuterRef("pk"))
    behind = Webhook.objects.active().served(at=now).quiet_no_longer(at=now).exclude(Exists(waiting))
    to_be_told = ~Q(epoch=feed.epoch) | Q(position__lt=feed.last) | ~Q(untold=[])
    for pk in behind.filter(to_be_told).values_list("pk", flat=True):
        _cut_stretch(pk, now=now)


@transaction.atomic(durable=True)
def _cut_stretch(pk: UUID, *, now: datetime) -> None:
    """The message and the webhook's new position are committed together. Whoever holds the row cuts."""
    fitting = Webhook.objects.active().served(at=now).quiet_no_longer(at=now).filter(pk=pk)
    locked = fitting.select_related("partner", "key").select_for_update(of=("self",), skip_locked=True, no_key=True)
    webhook = locked.first()
    if webhook is None or why_idle(webhook) or webhook.deliveries.open().of_feed().exists():
        return
    feed, kinds = Feed.objects.get(pk=1), kinds_now(webhook)
    others = _others(webhook, kinds)
    if webhook.epoch != feed.epoch or webhook.position < feed.forgotten or set(kinds) & set(webhook.untold):
        _add(webhook, Event.EXPORT_AGAIN, feed=feed, after=feed.last, up_to=feed.last, kinds=kinds, now=now)
        Webhook.objects.filter(pk=pk).update(untold=others)
        return
    if webhook.position == feed.last and webhook.untold == others:  # it waits for a scope, and each sweep comes by
        return
    ahead = Change.objects.filter(kind__in=kinds, position__gt=webhook.position, position__lte=feed.last)
    positions = list(ahead.order_by("position").values_list("position", flat=True)[: MOST + 1])
    has_more = len(positions) > MOST
    up_to = positions[MOST - 1] if has_more else feed.last
    if positions:
        _add(webhook, Event.CHANGES, feed=feed, after=webhook.position, up_to=up_to, kinds=kinds, now=now)
    quiet_until = now + GATHERING if positions and not has_more else now
    Webhook.objects.filter(pk=pk).update(position=up_to, quiet_until=quiet_until, untold=others)


def leave_out_what_may_not_be_read(delivery: WebhookDelivery) -> None:
    """Of a message that waited: what its holder may not read any more is not sent, and remembered as passed over.

    So it is with “export again”: of what they cannot read just now they export nothing.
    Once they may read it again, the next message says “export again”. Only who has claimed the message calls this.
    """
    allowed = kinds_now(delivery.webhook)
    if left_out := set(delivery.kinds).difference(allowed):
        delivery.kinds = [kind for kind in allowed if kind in delivery.kinds]
        _leave_out(delivery, left_out)


@transaction.atomic(durable=True)
def _leave_out(delivery: WebhookDelivery, kinds: Collection[str]) -> None:
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(kinds=delivery.kinds)
    Webhook.objects.filter(pk=webhook.pk).update(untold=sorted({*kinds, *webhook.untold}))


def _others(webhook: Webhook, kinds: Collection[str]) -> list[str]:
    """What it asks for and is not told of now: the kinds that its holder may not read."""
    return sorted(set(webhook.kinds).difference(kinds))


def _add(
    webhook: Webhook,
    event: WebhookDelivery.Event,
    *,
    feed: Feed,
    after: int,
    up_to: int,
    kinds: list[str],
    now: datetime,
) -> None:
    webhook.deliveries.create(
        event=event,
        epoch=feed.epoch,
        after=after,
        up_to=up_to,
        kinds=kinds,
        tried_from=now,
        not_before=now,
        created_at=now,
    )
    Webhook.objects.filter(pk=webhook.pk).update(epoch=feed.epoch, position=up_to)
