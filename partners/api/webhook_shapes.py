"""What programs send about webhooks, and what they read."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from partners.api.path_ids import read_id
from partners.authentication import scope_missing, scopes_of
from partners.bodies import FewItems
from partners.endpoints import key_of
from partners.fields import ADDRESS, MOMENT, UUID_TEXT, Plain, nullable, one_of, several
from partners.models import Webhook, WebhookDelivery
from partners.parameters import PageSize
from partners.problems import Fault, bad_body
from partners.selectors.webhooks import readable_kinds
from partners.sources import sources

WEBHOOK = (
    Plain("id", UUID_TEXT, "Names the webhook."),
    Plain("url", ADDRESS, "Where messages go."),
    Plain("kinds", several({"type": "string"}), "What it is told of."),
    Plain("state", one_of(Webhook.State.values), "Whether it is called."),
    Plain("paused_by", nullable({"type": "string"}), "Why it is paused; null while it is active."),
    Plain("state_since", MOMENT, "Since when."),
    Plain("previous_secret_until", nullable(MOMENT), "Until when messages bear two signatures."),
    Plain("created_at", MOMENT, "When it was made."),
)
SECRET = Plain("secret", {"type": "string"}, "It signs. Shown here and never again.")
DELIVERY = (
    Plain("id", UUID_TEXT, "The header webhook-id of the message."),
    Plain("type", one_of(WebhookDelivery.Event.values), "Of the message."),
    Plain("state", one_of(WebhookDelivery.State.values), "How far it has come."),
    Plain("attempts", {"type": "integer"}, "How often it was sent."),
    Plain("next_attempt_at", nullable(MOMENT), "When it is sent again."),
    Plain("last_status", nullable({"type": "integer"}), "What the last answer was; null without one."),
    Plain("last_error", nullable({"type": "string"}), "Why the last attempt failed."),
    Plain("took_ms", nullable({"type": "integer"}), "How long the last attempt took."),
    Plain("created_at", MOMENT, "When it was cut from the feed."),
    Plain("ended_at", nullable(MOMENT), "When it arrived or was given up."),
)


MOST_KINDS = 20  # that a list may name; there are fewer


class NewWebhook(serializers.Serializer[Any]):
    """What is needed for a webhook."""

    url = serializers.CharField(help_text="https, to a public host, port 443 or 8443.")
    kinds = FewItems(
        max_length=MOST_KINDS,
        child=serializers.CharField(max_length=20),
        required=False,
        allow_empty=False,
        help_text="What it is told of; without it, all that the key may read.",
    )


class ChangedWebhook(NewWebhook):
    """What can be changed; what is not sent stays as it is."""

    state = serializers.ChoiceField(
        choices=Webhook.State.values, help_text="“active” takes a paused webhook up again, where it stopped."
    )


class DeliveriesQuery(serializers.Serializer[Any]):
    """What the list of deliveries understands."""

    after = serializers.CharField(required=False, max_length=400, help_text="The cursor `next` of the page before.")
    page_size = PageSize(about="Deliveries on a page.")


def own_webhook(request: Request, pk: str, *, hold: bool = False) -> Webhook:
    """One of the caller's holder's; whether others exist nobody learns. One that is held nobody else changes."""
    own = Webhook.objects.of_holder(key_of(request)).select_related("partner", "key")
    if hold:
        own = own.select_for_update(of=("self",), no_key=True)
    found = own.filter(pk=read_id("pk", pk)).first()
    if found is None:
        raise Http404
    return found


def webhook_to_change(request: Request, pk: str, *, hold: bool = False) -> Webhook:
    """One of the caller's holder's that tells nothing which this key may not read. Raises Problem."""
    webhook = own_webhook(request, pk, hold=hold)
    allowed = readable_kinds(scopes_of(key_of(request)))
    if missing := [kind for kind in webhook.kinds if kind not in allowed]:
        needed = sources()[missing[0]].scope
        raise scope_missing(needed, f"This webhook tells of {missing[0]}: {needed.value} is needed.")
    return webhook


def checked_kinds(request: Request, wanted: list[str] | None) -> list[str]:
    """Those that are asked for, or all; a webhook tells nothing that its maker's key may not read. Raises Problem."""
    allowed = readable_kinds(scopes_of(key_of(request)))
    if unknown := [one for one in wanted or [] if one not in sources()]:
        detail = f"{', '.join(unknown)} is not known. Known are: {', '.join(sources())}."
        raise bad_body([Fault("body", "kinds", detail)])
    if missing := [one for one in wanted or [] if one not in allowed]:
        needed = sources()[missing[0]].scope
        raise scope_missing(needed, f"Changes of the kind {missing[0]} need the scope {needed.value}.")
    if not allowed:
        raise scope_missing(None, "The key may read nothing that a webhook could tell of.")
    return sorted(set(wanted or allowed))


def webhook_json(webhook: Webhook) -> dict[str, Any]:
    """As its holder reads it; the secret is not part of it."""
    until = webhook.previous_until
    return {
        "id": str(webhook.pk),
        "url": webhook.url,
        "kinds": webhook.kinds,
        "state": webhook.state,
        "paused_by": webhook.pause_reason or None,
        "state_since": webhook.state_since.isoformat(),
        "previous_secret_until": until.isoformat() if until else None,
        "created_at": webhook.created_at.isoformat(),
    }


def delivery_json(delivery: WebhookDelivery) -> dict[str, Any]:
    """How a message fared."""
    waits, ended_at = delivery.state == WebhookDelivery.State.PENDING, delivery.ended_at
    return {
        "id": str(delivery.pk),
        "type": delivery.event,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.not_before.isoformat() if waits else None,
        "last_status": delivery.last_status,
        "last_error": delivery.last_error or None,
        "took_ms": delivery.took_ms,
        "created_at": delivery.created_at.isoformat(),
        "ended_at": ended_at.isoformat() if ended_at else None,
    }
