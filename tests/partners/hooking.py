"""Webhooks of tests, and workers' shifts."""

import json
from datetime import timedelta
from typing import Any

from partners import delivery
from partners.models import ApiKey, Webhook
from partners.numbering import number_changes
from partners.services import webhooks as services
from partners.services.webhooks import NewSecret
from tests.factories import NOW
from tests.partners.calling import partner_caller
from tests.partners.receiving import Got, Handler, Receiver

Clock = Any  # time_machine's traveller has no public name


def hook(target: "Receiver | str", *, key: ApiKey | None = None, kinds: tuple[str, ...] = ("lead",)) -> NewSecret:
    """A webhook that is told of leads from now on, of a partner who may do everything."""
    url = target if isinstance(target, str) else target.url
    return services.create_webhook(key=key or partner_caller().key, url=url, kinds=kinds, now=NOW)


def work(**_nothing: Any) -> None:
    """Number what changed, and send what is due, as beat and workers do."""
    number_changes(now=NOW)
    delivery.send_due()


def position(webhook: Webhook) -> int:
    """How far it has come."""
    return Webhook.objects.get(pk=webhook.pk).position


def later(clock: Clock, **time: float) -> None:
    clock.shift(timedelta(**time))


def told(got: Got) -> list[tuple[str, str]]:
    """Action and id of each change in a message."""
    return [(one["action"], one["id"]) for one in json.loads(got.body)["data"]["changes"]]


def refuse(handler: Handler) -> None:
    handler.answer(503, b"Down for maintenance")
