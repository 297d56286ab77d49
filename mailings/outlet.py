"""The outbox, as privacy uses it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mailings.models import Delivery
from mailings.services import queue_mail
from privacy.outlets import Outlet, register_outlet

WAITING = [Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.IN_FLIGHT]


def register() -> None:
    """Make the outbox known to privacy."""
    register_outlet(Outlet(queue=queue, unsent=unsent, sent=sent, forget=forget))


def queue(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    now: datetime,
    asked_for: bool = True,
) -> UUID:
    """Owe somebody a mail."""
    return queue_mail(template=template, to=to, language=language, context=context, now=now, asked_for=asked_for).pk


def unsent(deliveries: Iterable[UUID]) -> int:
    """How many of them wait to be handed over."""
    return Delivery.objects.filter(pk__in=list(deliveries), state__in=WAITING).count()


def forget(deliveries: Iterable[UUID]) -> None:
    """Delete those of them that wait for nothing more."""
    Delivery.objects.filter(pk__in=list(deliveries)).exclude(state__in=WAITING).delete()


def sent(deliveries: Iterable[UUID]) -> dict[UUID, datetime]:
    """When those that were handed over were."""
    rows = Delivery.objects.filter(pk__in=list(deliveries), state=Delivery.State.SENT)
    return {pk: at for pk, at in rows.values_list("pk", "ended_at") if at is not None}
