"""The body of a message, written at the moment at which it is sent."""

import json

from django.conf import settings

from partners.cursors import Place, write_place
from partners.models import Change, Feed, WebhookDelivery
from partners.selectors.changes import CursorGone, changes_between, untold
from partners.selectors.webhooks import kinds_now

Event = WebhookDelivery.Event


def write_message(delivery: WebhookDelivery) -> str:
    """The message as JSON text; its objects are as the feed writes them. Raises CursorGone.

    Its kinds are those that its holder may read now: see `stretches.leave_out_what_may_not_be_read`.
    """
    about = {"type": delivery.event, "timestamp": delivery.created_at.isoformat()}
    return f'{json.dumps(about)[:-1]}, "data": {_data(delivery)}}}'


def _data(delivery: WebhookDelivery) -> str:
    if delivery.event == Event.PING:
        return json.dumps({"market": settings.SITE_URL})
    kinds = delivery.kinds
    if delivery.event == Event.EXPORT_AGAIN and not kinds:  # as the release before made it
        kinds = kinds_now(delivery.webhook)
    following = {"next": write_place(Place(delivery.epoch, delivery.up_to, untold(kinds)))}
    if delivery.event == Event.EXPORT_AGAIN:
        return json.dumps(following)
    changes = changes_between(after=delivery.after, up_to=delivery.up_to, kinds=kinds, partner=delivery.webhook.partner)
    feed = Feed.objects.get(pk=1)  # after its rows: what was forgotten meanwhile is missing among them
    if delivery.epoch != feed.epoch or delivery.after < feed.forgotten:
        raise CursorGone
    has_more = Change.objects.filter(kind__in=kinds, position__gt=delivery.up_to, position__lte=feed.last).exists()
    tail = json.dumps({**following, "has_more": has_more})[1:]
    return f'{{"changes": [{", ".join(changes)}], {tail}'
