"""The outbox: every mail is a row before it is a mail; and what mail servers answered about them."""

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


class MailReport(models.Model):
    """What a mail server told about a mail: that it came back, waits, or was called unwanted. Or somebody pretended.

    The message itself is not kept: it may hold the mail, with its links, and words about other people.
    """

    class Kind(models.TextChoices):
        """What it says."""

        HARD = "hard", _("there is no such mailbox")
        SOFT = "soft", _("did not arrive this time")
        REFUSED = "refused", _("turned away for what it was or who sent it")
        DELAYED = "delayed", _("waits at a server")
        COMPLAINT = "complaint", _("called unwanted")
        FORGED = "forged", _("not about a mail of ours")

    class Doubt(models.TextChoices):
        """Why it counts as forged."""

        UNSIGNED = "unsigned", _("names no mail")
        BAD_SIGNATURE = "bad_signature", _("wrong signature")
        UNKNOWN_MAIL = "unknown_mail", _("about a mail that is not here, or no longer")
        OTHER_RECEIVER = "other_receiver", _("about another receiver")

    class Source(models.TextChoices):
        """Which way it came."""

        SMTP = "smtp", _("answer at handing over")
        MAILDIR = "maildir", _("mailbox")
        WEBHOOK = "webhook", _("webhook")

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="reports", null=True, verbose_name=_("mail"), editable=False
    )
    kind = models.CharField(_("what it says"), max_length=10, choices=Kind)
    doubt = models.CharField(_("why it is not believed"), max_length=14, choices=Doubt, blank=True)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    status = models.CharField(_("status code"), max_length=12, blank=True)  # RFC 3463: “5.1.1”
    words = models.CharField(_("words of the server"), max_length=300, blank=True)
    digest = models.CharField(_("digest of the message"), max_length=64)  # SHA-256, hexadecimal
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("bounce or complaint")
        verbose_name_plural = _("bounces and complaints")
        constraints = [
            models.UniqueConstraint(name="mail_report_once", fields=["digest"]),
            models.CheckConstraint(
                name="mail_report_kind_known",
                condition=Q(kind__in=["hard", "soft", "refused", "delayed", "complaint", "forged"]),
            ),
            models.CheckConstraint(
                name="mail_report_doubt_known",
                condition=Q(doubt__in=["", "unsigned", "bad_signature", "unknown_mail", "other_receiver"]),
            ),
            models.CheckConstraint(
                name="mail_report_source_known", condition=Q(source__in=["smtp", "maildir", "webhook"])
            ),
            models.CheckConstraint(  # what is forged is about no mail and says nothing; all else is about one
                name="mail_report_forged_or_about_a_mail",
                condition=Q(kind="forged", delivery=None, status="", words="") & ~Q(doubt="")
                | ~Q(kind="forged") & Q(delivery__isnull=False, doubt=""),
            ),
        ]
        indexes = [
            models.Index(name="mail_report_newest", fields=["-received_at"]),  # the list in admin and its counts
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}".strip()
