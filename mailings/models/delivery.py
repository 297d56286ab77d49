"""The outbox: every mail is a row before it is a mail."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

# What a mail said is in the mailbox of its reader. Here it would only hold links that are secrets, and the names and
# words of people who may leave before the row does.
FORGOTTEN: dict[str, Any] = {"subject": "", "text": "", "html": "", "name": "", "gathered": {}}

LATE = timedelta(minutes=10)  # a mail to one person leaves within seconds
OPEN = ["pending", "claimed", "in_flight"]
ENDED = ["sent", "bounced", "uncertain", "suppressed", "withdrawn"]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The questions asked about deliveries; each chains onto the next."""

    def due(self, *, at: datetime) -> Self:
        """Rows a worker may claim: waiting and due, or claimed by a worker whose lease ran out."""
        waiting = Q(state=Delivery.State.PENDING, not_before__lte=at)
        abandoned = Q(state=Delivery.State.CLAIMED, lease_until__lt=at)
        return self.filter(waiting | abandoned)

    def single(self) -> Self:
        """Mails that answer what one person did; they go before those of campaigns."""
        return self.filter(campaign=None)

    def open(self) -> Self:
        """Rows whose end is not known yet."""
        return self.filter(state__in=OPEN)

    def stuck(self, *, at: datetime) -> Self:
        """Rows that were tried in vain and wait, and mails to single persons that nobody has sent for a while."""
        late = Q(campaign=None, not_before__lt=at - LATE)
        return self.open().filter(~Q(error="") | late)

    def stuck_in_flight(self, *, at: datetime) -> Self:
        """Rows whose worker died between the final dot and the answer."""
        return self.filter(state=Delivery.State.IN_FLIGHT, lease_until__lt=at)


class Delivery(models.Model):
    """One mail to one address, from the moment it is owed until its end is known."""

    class Kind(models.TextChoices):
        """Why the mail is sent, which decides what may be in it and whether it can be refused."""

        TRANSACTIONAL = "transactional", _("transactional")
        ANNOUNCEMENT = "announcement", _("service announcement")
        MARKETING = "marketing", _("marketing")

    class State(models.TextChoices):
        """pending → claimed → in_flight → sent | pending (deferred) | bounced | uncertain; → suppressed | withdrawn."""

        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("claimed by a worker")
        IN_FLIGHT = "in_flight", _("being handed over")
        SENT = "sent", _("sent")
        BOUNCED = "bounced", _("refused by the receiver")
        UNCERTAIN = "uncertain", _("uncertain")
        SUPPRESSED = "suppressed", _("not sent: its receiver does not want it, or cannot be reached")
        WITHDRAWN = "withdrawn", _("not sent: the campaign was cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TRANSACTIONAL)
    template = models.CharField(_("template"), max_length=60)
    language = models.CharField(_("language"), max_length=12)
    to = models.EmailField(_("to"))
    domain = models.CharField(_("receiving domain"), max_length=253, blank=True, db_default="")  # as DNS writes it
    asked_for = models.BooleanField(  # what an older release writes was judged when it was queued
        _("asked for by its receiver"), default=False, db_default=True
    )
    campaign = models.ForeignKey(
        "mailings.Campaign",
        models.PROTECT,
        related_name="deliveries",
        null=True,
        blank=True,
        verbose_name=_("campaign"),
    )
    digest = models.CharField(  # of the address, with the newest key, so that nobody is in a campaign twice
        _("digest of the address"), max_length=64, blank=True, db_default=""
    )
    reader = models.UUIDField(_("key of the reader’s consents"), null=True, blank=True)
    name = models.CharField(_("name in the greeting"), max_length=150, blank=True, db_default="")
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    gathered = models.JSONField(  # by kind of notice, so that the mail can be written anew without one of them
        _("numbers of the things that it tells"), default=dict, blank=True, db_default={}
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknown_ends = models.PositiveSmallIntegerField(_("ends that nobody knows"), default=0, db_default=0)
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
            models.CheckConstraint(
                name="delivery_kind_known", condition=Q(kind__in=["transactional", "announcement", "marketing"])
            ),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(state__in=["pending", "claimed", "in_flight", *ENDED]),
            ),
            models.CheckConstraint(  # what many get comes from a campaign, which somebody answers for
                name="delivery_of_a_campaign_or_single",
                condition=Q(campaign=None, kind="transactional")
                | Q(campaign__isnull=False, asked_for=False) & ~Q(kind="transactional") & ~Q(digest=""),
            ),
            models.CheckConstraint(  # somebody has agreed to it, and can say no
                name="delivery_of_marketing_to_a_reader", condition=~Q(kind="marketing") | Q(reader__isnull=False)
            ),
            models.UniqueConstraint(
                name="delivery_once_in_a_campaign",
                fields=["campaign", "digest"],
                condition=Q(campaign__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_lease_while_worked_on",
                condition=~Q(state__in=["claimed", "in_flight"]) | Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(  # the worker's claim and the sweep
                name="delivery_single_open",
                fields=["not_before", "id"],
                condition=Q(campaign=None, state__in=["pending", "claimed", "in_flight"]),
            ),
            models.Index(  # the same for campaigns
                name="delivery_campaign_open",
                fields=["campaign", "not_before", "id"],
                condition=Q(campaign__isnull=False, state__in=["pending", "claimed", "in_flight"]),
            ),
            models.Index(  # a campaign's numbers
                name="delivery_campaign_state", fields=["campaign", "state"], condition=Q(campaign__isnull=False)
            ),
            models.Index(  # what is on its way to somebody who says no, and whose an old link to unsubscribe was
                name="delivery_reader", fields=["reader", "-queued_at"], condition=Q(reader__isnull=False)
            ),
            models.Index(name="delivery_ended", fields=["ended_at"]),  # metrics, and the sweep of what is over
            models.Index(name="delivery_newest", fields=["-queued_at"]),  # the outbox in admin
            models.Index(Upper("to"), name="delivery_receiver"),  # a person's own: privacy centre, copy, erasure
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.get_state_display()}"
