"""The outbox: every mail is a row before it is a mail."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

# What a mail said is in the mailbox of its reader. Here it would only hold links that are secrets, and the names and
# words of people who may leave before the row does.
FORGOTTEN = {"subject": "", "text": "", "html": ""}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The questions asked about deliveries; each chains onto the next."""

    def due(self, *, at: datetime) -> Self:
        """Rows a worker may claim: waiting and due, or claimed by a worker whose lease ran out."""
        waiting = Q(state=Delivery.State.PENDING, not_before__lte=at)
        abandoned = Q(state=Delivery.State.CLAIMED, lease_until__lt=at)
        return self.filter(waiting | abandoned)

    def stuck_in_flight(self, *, at: datetime) -> Self:
        """Rows whose worker died between the final dot and the answer."""
        return self.filter(state=Delivery.State.IN_FLIGHT, lease_until__lt=at)


class Delivery(models.Model):
    """One mail to one address, from the moment it is owed until its end is known."""

    class Kind(models.TextChoices):
        """Why the mail is sent, which decides what may be in it and whether it can be refused."""

        TRANSACTIONAL = "transactional", _("transactional")

    class State(models.TextChoices):
        """pending → claimed → in_flight → sent | pending (deferred) | bounced | uncertain."""

        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("claimed by a worker")
        IN_FLIGHT = "in_flight", _("being handed over")
        SENT = "sent", _("sent")
        BOUNCED = "bounced", _("refused by the receiver")
        UNCERTAIN = "uncertain", _("uncertain")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TRANSACTIONAL)
    template = models.CharField(_("template"), max_length=60)
    language = models.CharField(_("language"), max_length=12)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last answer"), max_length=300, blank=True)
    queued_at = models.DateTimeField(_("queued at"))
    not_before = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.CheckConstraint(name="delivery_kind_known", condition=Q(kind__in=["transactional"])),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(state__in=["pending", "claimed", "in_flight", "sent", "bounced", "uncertain"]),
            ),
            models.CheckConstraint(
                name="delivery_lease_while_worked_on",
                condition=~Q(state__in=["claimed", "in_flight"]) | Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(  # the worker's claim and the sweep
                name="delivery_open",
                fields=["not_before", "id"],
                condition=Q(state__in=["pending", "claimed", "in_flight"]),
            ),
            models.Index(name="delivery_newest", fields=["-queued_at"]),  # the outbox in admin
            models.Index(Upper("to"), name="delivery_receiver"),  # a person's own: privacy centre, copy, erasure
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.get_state_display()}"
