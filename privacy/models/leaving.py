"""Leaving: the work on an erasure, what receivers are told and confirm, and what must not be deleted meanwhile."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap import ReceiverKind
from privacy.models.request import SubjectRequest

REMINDED_AFTER = timedelta(days=14)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """The questions asked about erasures; each chains onto the next."""

    def unconfirmed(self, *, before: datetime) -> Self:
        """Those whose link nobody has followed, asked for before a moment."""
        return self.filter(request__state=SubjectRequest.State.RECEIVED, request__received_at__lt=before)

    def waiting(self, *, at: datetime) -> Self:
        """Those that a worker should take up: the time to change one's mind is over, or their worker died."""
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        ripe = Q(request__state=SubjectRequest.State.COOLING_OFF, runs_at__lte=at)
        return self.filter(free, ripe | Q(request__state=SubjectRequest.State.RUNNING))


class Erasure(models.Model):
    """The work on somebody's wish to leave, from the wish to the final letter."""

    class Leads(models.TextChoices):
        """What becomes of the leads that the person posted."""

        NOW = "now", _("Take them off the board now")
        LATER = "later", _("Leave them on the board until my account is deleted")
        COMPANY = "company", _("Leave them to my company")

    request = models.OneToOneField(SubjectRequest, on_delete=models.CASCADE, primary_key=True, related_name="erasure")
    member_number = models.BigIntegerField(_("the member’s number"), null=True)  # stays when the member is gone
    leads = models.CharField(_("what becomes of the leads"), max_length=8, choices=Leads, default=Leads.NOW)
    successors = models.JSONField(_("who owns which company afterwards"), default=dict)  # {"7": 12}: company, member
    # The two columns are called as the release before reads them.
    to_bring_back = models.JSONField(  # by the name of a departure, as its `begin` has answered
        _("what was hidden at once"), default=dict, db_column="begun"
    )
    runs_at = models.DateTimeField(
        _("deleted from"), null=True, blank=True
    )  # set when the link of the mail is followed
    is_prepared = models.BooleanField(
        _("nothing more has to be known before the first row goes"), default=False, db_column="is_begun"
    )
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    files = ArrayField(models.CharField(max_length=300), verbose_name=_("files to be deleted"), default=list)
    erased = models.JSONField(_("rows erased, by table"), default=dict)
    kept = models.JSONField(_("what is kept, why and how long"), default=list)  # [{"what", "why", "until", "rows"}]
    writes_letter = models.BooleanField(  # not where nobody proved the mailbox, or the letter was written before
        _("the person gets a final letter"), default=True, db_default=True
    )
    letter = models.UUIDField(_("the final letter"), null=True, blank=True)  # its row in the outbox

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(name="erasure_leads_known", condition=Q(leads__in=["now", "later", "company"])),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """The questions asked about receipts; each chains onto the next."""

    def open(self) -> Self:
        """Those that the receiver has not confirmed."""
        return self.filter(confirmed_at=None)

    def overdue(self, *, at: datetime) -> Self:
        """Those whose day is past."""
        return self.open().filter(due_at__lt=at)

    def to_tell(self, *, at: datetime) -> Self:
        """Those of whom the receiver has not heard yet, or not again for two weeks without an answer."""
        quiet = Q(told_at__lt=at - REMINDED_AFTER, reminded_at=None)
        return self.open().filter(Q(told_at=None) | quiet)


class Receipt(models.Model):
    """One receiver is told that data it got was corrected or erased, and confirms: GDPR art. 19."""

    class Change(models.TextChoices):
        """What the receiver has to do."""

        ERASE = "erase", _("delete it")
        CORRECT = "correct", _("correct it")

    reference = models.UUIDField(  # by which the receiver knows it, however often it is told
        _("reference"), unique=True, db_default=RandomUUID(), editable=False
    )
    request = models.ForeignKey(SubjectRequest, on_delete=models.CASCADE, related_name="receipts")
    person = models.CharField(  # emptied once it is confirmed
        _("about whom, as the receiver knows them"), max_length=400, blank=True, db_default=""
    )
    columns = ArrayField(  # "accounts.Member.phone"
        models.CharField(max_length=120), verbose_name=_("what it had received"), default=list, blank=True
    )
    receiver_kind = models.CharField(_("kind of receiver"), max_length=12, choices=ReceiverKind)
    receiver_key = models.CharField(_("receiver’s key"), max_length=120)  # as in Disclosure
    receiver_name = models.CharField(_("who"), max_length=200)
    change = models.CharField(_("what it has to do"), max_length=8, choices=Change)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be confirmed by"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    proof = models.CharField(_("how it was confirmed"), max_length=300, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(name="receipt_once", fields=["request", "receiver_kind", "receiver_key", "change"]),
            models.CheckConstraint(name="receipt_change_known", condition=Q(change__in=["erase", "correct"])),
            models.CheckConstraint(name="receipt_receiver_known", condition=Q(receiver_kind__in=ReceiverKind.values)),
            models.CheckConstraint(  # confirmed with a proof, and then the person need not be known any longer
                name="receipt_confirmed_is_proved",
                condition=Q(confirmed_at=None) | Q(person="") & ~Q(proof=""),
            ),
        ]
        indexes = [
            models.Index(name="receipt_open", fields=["due_at"], condition=Q(confirmed_at=None)),  # the overdue list
        ]

    def __str__(self) -> str:
        return f"{self.receiver_name} · {self.get_change_display()}"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """The questions asked about holds; each chains onto the next."""

    def standing(self, *, at: datetime) -> Self:
        """Those that hold now."""
        return self.filter(Q(ends_at__gt=at), lifted_at=None)


class LegalHold(models.Model):
    """Stops erasure and sweep for one person, or for one row, while a claim may need it: GDPR art. 17(3)(e)."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="legal_holds"
    )
    table = models.CharField(_("table"), max_length=100, blank=True)  # “offerboard.Message”
    key = models.CharField(_("number of the row"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), max_length=1000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField(_("begun at"))
    ends_at = models.DateTimeField(_("ends at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lift_reason = models.TextField(_("why it was lifted"), max_length=1000, blank=True, db_default="")

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.CheckConstraint(
                name="hold_of_person_or_row",
                condition=Q(member__isnull=False, table="", key="") | Q(member=None) & ~Q(table="") & ~Q(key=""),
            ),
            models.CheckConstraint(name="hold_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="hold_ends", condition=Q(ends_at__gt=models.F("begun_at"))),
            models.CheckConstraint(name="hold_lifted_has_reason", condition=Q(lifted_at=None) | ~Q(lift_reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.key}".strip() or str(self.member_id)
