"""Messages to webhooks, and how each attempt to bring one went."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.webhook import Webhook


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """The questions asked about deliveries; each chains onto the next."""

    def due(self, *, at: datetime) -> Self:
        """Those that a worker may claim: waiting and due, or claimed by a worker whose lease ran out."""
        waiting = Q(state=WebhookDelivery.State.PENDING, not_before__lte=at)
        return self.filter(waiting | Q(state=WebhookDelivery.State.CLAIMED, lease_until__lte=at))

    def open(self) -> Self:
        """Those that are still to arrive."""
        return self.filter(state__in=[WebhookDelivery.State.PENDING, WebhookDelivery.State.CLAIMED])

    def of_feed(self) -> Self:
        """All but pings."""
        return self.exclude(event=WebhookDelivery.Event.PING)


class WebhookDelivery(models.Model):
    """One message. Its body is no column: it is written anew for each attempt, so that nothing outlives its removal.

    What a message of changes is made from is a stretch of the feed, after one position and up to another. A thing that
    changes again moves on to a later stretch, so that an attempt that comes late says less, and never what is not so.
    """

    class Event(models.TextChoices):
        """The type of the message."""

        CHANGES = "changes", _("changes")
        EXPORT_AGAIN = "export_again", _("export everything again")
        PING = "ping", _("test")

    class State(models.TextChoices):
        """pending → claimed → delivered | pending (again later) | failed; delivered, failed → pending (replay)."""

        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("being sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the message's, over all attempts
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event = models.CharField(_("type"), max_length=12, choices=Event)
    epoch = models.UUIDField(_("epoch of the feed"))
    after = models.BigIntegerField(_("after position"))
    up_to = models.BigIntegerField(_("up to position"))
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("kinds"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    tried_from = models.DateTimeField(_("to be tried from"))
    not_before = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last status"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    took_ms = models.PositiveIntegerField(_("took, in milliseconds"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.CheckConstraint(
                name="webhook_delivery_event_known", condition=Q(event__in=["changes", "export_again", "ping"])
            ),
            models.CheckConstraint(
                name="webhook_delivery_state_known",
                condition=Q(state__in=["pending", "claimed"], ended_at=None)
                | Q(state__in=["delivered", "failed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="webhook_delivery_lease_while_claimed",
                condition=Q(state="claimed", lease_until__isnull=False) | ~Q(state="claimed") & Q(lease_until=None),
            ),
            models.CheckConstraint(name="webhook_delivery_goes_forward", condition=Q(up_to__gte=F("after"))),
            models.UniqueConstraint(  # one at a time
                name="webhook_delivery_one_claimed", fields=["webhook"], condition=Q(state="claimed")
            ),
            models.UniqueConstraint(  # no stretch of the feed is told of in two messages
                name="webhook_delivery_stretch_once",
                fields=["webhook", "epoch", "after"],
                condition=Q(event="changes"),
            ),
        ]
        indexes = [
            models.Index(  # the worker's claim
                name="webhook_delivery_open", fields=["not_before"], condition=Q(state__in=["pending", "claimed"])
            ),
            models.Index(name="webhook_delivery_newest", fields=["webhook", "-created_at", "-id"]),  # a webhook's list
            models.Index(name="webhook_delivery_ended", fields=["ended_at"]),  # the sweep of what is over
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
