"""Who gets personal data: the register of receivers, and what each was given."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from privacy.datamap import PROCESSORS, ReceiverKind

DISCLOSURES_KEPT = timedelta(days=3 * 365)


class ReceiverQuerySet(models.QuerySet["Receiver"]):
    """The questions asked about receivers; each chains onto the next."""

    def serving(self, *, on: date) -> Self:
        """Those whose time has begun and is not over."""
        return self.filter(Q(until=None) | Q(until__gte=on), since__lte=on)

    def over(self, *, on: date) -> Self:
        """Those whose last day is past."""
        return self.filter(until__lt=on)

    def processors(self) -> Self:
        """Those who always work for us, on our instructions: GDPR art. 28."""
        return self.filter(kind__in=PROCESSORS)


class Receiver(models.Model):
    """A company or authority outside that may get personal data, as the policy names it.

    Counterparties, teams and the public are kinds and not in this register.
    """

    class Transfer(models.TextChoices):
        """On which ground data may go to its country: GDPR chapter V."""

        NONE = "none", _("none needed: data stays under the GDPR")
        ADEQUACY = "adequacy", _("adequacy decision of the Commission (art. 45)")
        CLAUSES = "clauses", _("standard contractual clauses (art. 46)")
        RULES = "rules", _("binding corporate rules (art. 47)")
        CONSENT = "consent", _("the person’s explicit consent (art. 49)")
        CONTRACT = "contract", _("needed for a contract with the person (art. 49)")
        CLAIMS = "claims", _("needed for legal claims (art. 49)")

    kind = models.CharField(_("kind"), max_length=12, choices=ReceiverKind)
    name = models.CharField(_("name"), max_length=200)
    country = CountryField(_("country"))
    transfer = models.CharField(_("ground of transfer"), max_length=10, choices=Transfer)
    task = models.CharField(_("what it does for us"), max_length=200)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = ReceiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("receiver")
        verbose_name_plural = _("receivers")
        constraints = [
            models.UniqueConstraint(name="receiver_once", fields=["kind", "name"]),
            models.CheckConstraint(
                name="receiver_kind_known",
                condition=Q(kind__in=["hosting", "mail", "partner", "connected", "authority", "adviser", "insurer"]),
            ),
            models.CheckConstraint(
                name="receiver_transfer_known",
                condition=Q(
                    transfer__in=["none", "adequacy", "clauses", "rules", "consent", "contract", "claims"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def log_key(self) -> str:
        """As the log of disclosures calls it, which outlives a change of its name."""
        return f"receiver:{self.pk}"


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """The questions asked about disclosures; rows are written by services.disclosing alone."""

    def of(self, member_id: int) -> Self:
        """What was given about one person, the newest first."""
        return self.filter(member=member_id).order_by("-at", "-id")

    def before(self, row: "Disclosure") -> Self:
        """Those that follow the row in that order."""
        return self.filter(Q(at__lt=row.at) | Q(at=row.at, pk__lt=row.pk))


class Disclosure(models.Model):
    """One receiver got some columns about one person, on one day, for one purpose."""

    class Ground(models.TextChoices):
        """Why it was given; nothing else is a reason."""

        MESSAGE = "message", _("you wrote to them")
        REVEALED = "revealed", _("they asked to see a contact")
        ORDER = "order", _("a confirmed order")
        AGREED = "agreed", _("you agreed")
        SERVICE = "service", _("they work for us")
        STAFF = "staff", _("our staff looked, and said why")
        LEGAL_ORDER = "legal_order", _("the law or a court ordered it")
        LEGAL_CLAIM = "legal_claim", _("to establish or defend a legal claim")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="disclosures"
    )
    receiver_kind = models.CharField(_("kind of receiver"), max_length=12, choices=ReceiverKind)
    receiver_key = models.CharField(_("receiver’s key"), max_length=120)  # tells two of one name apart
    receiver_name = models.CharField(_("who"), max_length=200)
    receiver_country = CountryField(_("country"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=40)  # a key of the data map
    columns = ArrayField(models.CharField(max_length=120), verbose_name=_("what they saw"))  # "accounts.Member.phone"
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    day = models.DateField(_("day"))  # UTC; one row for a day's pulls
    at = models.DateTimeField(_("first at"))

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        constraints = [
            models.UniqueConstraint(
                name="disclosure_once_a_day",
                fields=["member", "receiver_kind", "receiver_key", "purpose", "ground", "reason", "columns", "day"],
            ),
            models.CheckConstraint(
                name="disclosure_receiver_known", condition=Q(receiver_kind__in=ReceiverKind.values)
            ),
            models.CheckConstraint(
                name="disclosure_ground_known",
                condition=Q(
                    ground__in=[
                        *("message", "revealed", "order", "agreed", "service"),
                        *("staff", "legal_order", "legal_claim"),
                    ],
                ),
            ),
            models.CheckConstraint(  # a person is owed the reason
                name="disclosure_with_reason",
                condition=~Q(ground__in=["staff", "legal_order", "legal_claim"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(name="disclosure_of_something", condition=~Q(columns=[])),
        ]
        indexes = [
            models.Index(name="disclosure_of_member", fields=["member", "-at", "-id"]),  # who received my data
            models.Index(  # whether a partner was given anything, when its contract ends
                name="disclosure_to_partner",
                fields=["receiver_key"],
                condition=Q(receiver_kind__in=["partner", "connected"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receiver_name} · {self.day}"
