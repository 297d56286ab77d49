"""Stopping what does not answer or has no key any more, and telling whose it is."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from mailings.services.notifying import notify
from partners.mailing import mail_partner
from partners.models import ApiKey, Webhook
from partners.models.webhook import WebhookQuerySet
from partners.notices import WEBHOOK_PAUSED
from privacy.channels import NotReached

State = Webhook.State


@transaction.atomic
def pause(webhook: Webhook, why: Webhook.PauseReason, *, now: datetime) -> bool:
    """Whether it was this call that paused it."""
    active = Webhook.objects.active().filter(pk=webhook.pk)
    return bool(active.update(state=State.PAUSED, pause_reason=why, state_since=now))


def pause_without_key(*, now: datetime, webhooks: WebhookQuerySet | None = None) -> None:
    """Pause those, of all or of some, in whose key's name nobody can be called any more, and tell their holders.

    A key that runs out does so by the clock; so a sweep calls this too.
    """
    some = Webhook.objects.all() if webhooks is None else webhooks
    keyless = some.active().exclude(key__in=ApiKey.objects.valid(at=now))
    for webhook in keyless.select_related("partner", "member").order_by("pk"):
        pause_and_tell(webhook, Webhook.PauseReason.KEY, error="", now=now)


@transaction.atomic
def pause_and_tell(webhook: Webhook, why: Webhook.PauseReason, *, error: str, now: datetime) -> None:
    """Pause it, and tell its holder once."""
    if not pause(webhook, why, now=now):
        return
    context = {"host": urlsplit(webhook.url).hostname, "why": why.value, "error": error}
    if webhook.partner is not None:
        with suppress(NotReached):  # it stands in admin, and in what its key reads
            mail_partner(partner=webhook.partner, template=WEBHOOK_PAUSED.template, context=context, now=now)
    elif webhook.member is not None:
        notify(kind=WEBHOOK_PAUSED, readers=[webhook.member], keys=[str(webhook.pk)], context=context, now=now)
