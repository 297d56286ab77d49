"""What people ask about their data, and by when they are answered (GDPR art. 12(3))."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.private_files import private_files


class SubjectRequest(models.Model):
    """One person asks for one thing."""

    class Kind(models.TextChoices):
        """What is asked for."""

        EXPORT = "export", _("a copy of my data")
        CORRECTION = "correction", _("a correction")
        ERASURE = "erasure", _("deletion of my account")

    class State(models.TextChoices):
        """export: verified → building ⇄ failed, → ready → expired. Others: received → answered by staff."""

        RECEIVED = "received", _("received")
        VERIFIED = "verified", _("identity proved")
        BUILDING = "building", _("being put together")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("deleted after its time")
        ANSWERED = "answered", _("answered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="subject_requests"
    )
    text = models.TextField(_("what is asked"), max_length=4000, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    identity_proof = models.CharField(_("how identity was proved"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=State)
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("to be answered by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.CheckConstraint(
                name="request_kind_known", condition=Q(kind__in=["export", "correction", "erasure"])
            ),
            models.CheckConstraint(
                name="request_state_known",
                condition=Q(kind="export", state__in=["verified", "building", "ready", "failed", "expired"])
                | Q(kind__in=["correction", "erasure"], state__in=["received", "answered"]),
            ),
            models.UniqueConstraint(  # of two clicks, one asks
                name="request_open_once",
                fields=["member", "kind"],
                condition=Q(state__in=["received", "verified", "building"]),
            ),
        ]
        indexes = [
            models.Index(  # staff's work list
                name="request_open", fields=["due_at"], condition=Q(state__in=["received", "verified", "building"])
            ),
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
