"""What webhooks are told, and what their holders read about them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.holders import why_refused
from partners.models import Webhook, WebhookDelivery
from partners.sources import sources


def readable_kinds(scopes: Collection[str]) -> list[str]:
    """The kinds of things that these scopes let somebody read."""
    return [kind for kind, source in sources().items() if source.scope in scopes]


def kinds_now(webhook: Webhook) -> list[str]:
    """The kinds that it asks for and that its holder may read now."""
    return [kind for kind in readable_kinds(webhook.scopes) if kind in webhook.kinds]


def why_idle(webhook: Webhook) -> str:
    """Why its key opens nothing now, as for a call with it; "" where it does. The webhook stays where it is."""
    return "" if webhook.key is None or webhook.key.member_id is None else why_refused(webhook.key)


def deliveries_page(webhook: Webhook, *, after: str, most: int) -> tuple[list[WebhookDelivery], str | None]:
    """The newest first, and the cursor of the next page; None at the end. Raises NotOurCursor."""
    rows, name = webhook.deliveries.order_by("-created_at", "-id"), f"deliveries {webhook.pk}"
    if after:
        at, last = _place(read_cursor(name, after))
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    found = list(rows[: most + 1])
    page = found[:most]
    more = len(found) > most
    return page, write_cursor(name, f"{page[-1].created_at.isoformat()} {page[-1].pk}") if more else None


def _place(text: str) -> tuple[datetime, UUID]:
    at, _blank, last = text.partition(" ")
    try:
        return datetime.fromisoformat(at), UUID(last)
    except ValueError as error:
        raise NotOurCursor from error
