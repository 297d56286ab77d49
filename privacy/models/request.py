"""What people ask about their data, and by when they are answered (GDPR art. 12(3))."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.private_files import private_files

# States in which somebody still waits for an answer, as the partial indexes have them.
OPEN = ("received", "verified", "building", "cooling_off", "running", "awaiting", "review", "hidden")
ERASURE_STATES = (
    *("received", "cooling_off", "running", "awaiting", "done", "partly_kept", "cancelled"),
    *("refused", "expired"),
)


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    """The questions asked about requests; each chains onto the next."""

    def open(self) -> Self:
        """Those that somebody waits for."""
        return self.filter(state__in=OPEN)


class SubjectRequest(models.Model):
    """One person asks for one thing: a member, or somebody without an account whose mailbox or call is the proof."""

    class Kind(models.TextChoices):
        """What is asked for."""

        EXPORT = "export", _("a copy of my data")
        CORRECTION = "correction", _("a correction")
        ERASURE = "erasure", _("deletion of my account")
        REMOVAL = "removal", _("removal of somebody without an account")
        WITHDRAWAL = "withdrawal", _("taking back what I agreed to")

    class State(models.TextChoices):
        """export: verified → building → ready → expired; verified, building → failed.

        correction: received → accepted | refused.
        erasure: received → cooling_off → running → awaiting → done | partly_kept; before it runs → cancelled | refused.
        removal: received → review | hidden → done | refused; received → expired when the mailbox is never proved.
        withdrawal: done, since it holds at once; whoever got something still owes a receipt.
        """

        RECEIVED = "received", _("received")
        VERIFIED = "verified", _("identity proved")
        BUILDING = "building", _("being put together")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("its time ran out")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        COOLING_OFF = "cooling_off", _("waiting, may still be cancelled")
        RUNNING = "running", _("being deleted")
        AWAITING = "awaiting", _("waiting for receivers to confirm")
        DONE = "done", _("done")
        PARTLY_KEPT = "partly_kept", _("done, some things are kept")
        CANCELLED = "cancelled", _("cancelled")
        REVIEW = "review", _("with our staff")
        HIDDEN = "hidden", _("hidden, with our staff")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="subject_requests"
    )
    email = models.EmailField(_("e-mail of somebody without an account"), blank=True, db_default="")
    text = models.TextField(_("what is asked"), max_length=4000, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    identity_proof = models.CharField(_("how identity was proved"), max_length=100)
    state = models.CharField(_("state"), max_length=12, choices=State)
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("to be answered by"))
    extension = models.TextField(_("why it takes longer"), max_length=1000, blank=True, db_default="")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.CheckConstraint(
                name="request_kind_known",
                condition=Q(kind__in=["export", "correction", "erasure", "removal", "withdrawal"]),
            ),
            models.CheckConstraint(
                name="request_state_known",
                condition=Q(kind="export", state__in=["verified", "building", "ready", "failed", "expired"])
                | Q(kind="correction", state__in=["received", "accepted", "refused"])
                | Q(kind="erasure", state__in=[*ERASURE_STATES])
                | Q(kind="removal", state__in=["received", "review", "hidden", "done", "refused", "expired"])
                | Q(kind="withdrawal", state="done"),
            ),
            models.CheckConstraint(
                name="request_ended_unless_open",
                condition=Q(state__in=[*OPEN], ended_at=None) | ~Q(state__in=[*OPEN]) & Q(ended_at__isnull=False),
            ),
            models.UniqueConstraint(  # of two clicks, one asks
                name="request_open_once", fields=["member", "kind"], condition=Q(state__in=[*OPEN])
            ),
        ]
        indexes = [
            models.Index(name="request_open", fields=["due_at"], condition=Q(state__in=[*OPEN])),  # staff's work list
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.received_at:%Y-%m-%d}"


class ExportQuerySet(models.QuerySet["Export"]):
    """The questions asked about exports; each chains onto the next."""

    def waiting(self, *, at: datetime) -> Self:
        """Those that nobody works on: not begun, or their worker died."""
        open_states = [SubjectRequest.State.VERIFIED, SubjectRequest.State.BUILDING]
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        return self.filter(free, request__state__in=open_states)

    def outdated(self, *, at: datetime) -> Self:
        """Those whose file must go: its time is over, or its person is gone."""
        return self.filter(Q(expires_at__lte=at) | Q(request__member=None)).exclude(file="")


class Export(models.Model):
    """The work on a copy of somebody's data, and its file while it may be fetched."""

    request = models.OneToOneField(SubjectRequest, on_delete=models.CASCADE, primary_key=True, related_name="export")
    file = models.FileField(_("file"), storage=private_files, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rows = models.PositiveIntegerField(_("rows to write"), default=0)
    rows_done = models.PositiveIntegerField(_("rows written"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("to be fetched until"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of somebody’s data")
        verbose_name_plural = _("copies of people’s data")
        constraints = [
            models.CheckConstraint(  # never half a file
                name="export_file_is_whole", condition=Q(file="") | Q(ready_at__isnull=False, expires_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="export_outdated", fields=["expires_at"], condition=~Q(file="")),  # the nightly sweep
        ]

    def __str__(self) -> str:
        return str(self.request_id)
