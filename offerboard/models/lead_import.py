"""The import of a company's file: what it said about the file, how far it has come, what became of the rows."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from privacy.private_files import private_files


def file_name(_import: "LeadImport", _name: str) -> str:
    """Says nothing about its content, and cannot be guessed."""
    return f"imports/{uuid.uuid4().hex}"


class LeadImportQuerySet(models.QuerySet["LeadImport"]):
    """The questions asked about imports; each chains onto the next."""

    def waiting(self, *, at: datetime) -> Self:
        """In nobody's hands, and its turn: not begun while none of its company runs, or between two shifts of work."""
        running = LeadImport.objects.filter(company=OuterRef("company"), state=LeadImport.State.RUNNING)
        not_begun = Q(state=LeadImport.State.QUEUED) & ~Exists(running)
        left = Q(state=LeadImport.State.RUNNING, lease_until__lte=at)
        return self.filter(not_begun | left & (Q(waits_until=None) | Q(waits_until__lte=at)))

    def unfinished(self) -> Self:
        """Neither done nor failed."""
        return self.filter(state__in=[LeadImport.State.UPLOADED, LeadImport.State.QUEUED, LeadImport.State.RUNNING])

    def outdated(self, *, at: datetime) -> Self:
        """Ended, or sent and never started, so long ago that the file is not kept; never one that waits or runs."""
        going_on = [LeadImport.State.QUEUED, LeadImport.State.RUNNING]
        since = self.exclude(state__in=going_on).alias(over_since=Coalesce("ended_at", "created_at"))
        return since.filter(over_since__lt=at - LeadImport.KEPT)


class LeadImport(models.Model):
    """One file of leads. A worker holds it under a lease; each batch commits its leads and its position together."""

    KEPT = timedelta(days=30)  # how long file and refused rows stay when it has ended, or was never started
    MOST_BYTES = 50 * 1024 * 1024  # of a file sent through the page

    class State(models.TextChoices):
        """uploaded → queued → running → done; each before done → failed. An uploaded one may be discarded."""

        UPLOADED = "uploaded", _("Not started")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="imports")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="imports")
    by_command = models.BooleanField(default=False)  # staff's, with a file of their own; else a member sent it
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file = models.FileField(storage=private_files, upload_to=file_name, blank=True)  # "" for the command's, and later
    # An XLSX file as a table that can be read from any row, from the first shift to the end (importing/turning.py).
    table = models.FileField(storage=private_files, upload_to=file_name, blank=True)
    name = models.CharField(_("file"), max_length=200)  # as its sender calls it
    shape = models.JSONField()  # offerboard.importing.shape.Shape
    mapping = models.JSONField(default=dict)  # offerboard.importing.mapping.Mapping
    rows_read = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)  # bytes of the file read so far, or of the table made of it
    line = models.PositiveIntegerField(default=0)  # the last line read, or the sheet's last row
    imported = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    fallen = models.PositiveIntegerField(default=0)  # rows in the category for unknown ones
    shortened = models.PositiveIntegerField(default=0)
    masked = models.PositiveIntegerField(default=0)
    unknown_categories = models.JSONField(default=dict)  # name → rows
    failure = models.CharField(_("why it stopped"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # since the last batch that was stored
    lease_until = models.DateTimeField(null=True)
    waits_until = models.DateTimeField(null=True)  # the day's leads are spent, or the database was busy
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = LeadImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of leads")
        verbose_name_plural = _("imports of leads")
        constraints = [
            models.CheckConstraint(
                name="lead_import_state_known",
                condition=Q(state__in=["uploaded", "queued", "running", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="lead_import_lease_while_running",
                condition=Q(state="running", lease_until__isnull=False) | ~Q(state="running") & Q(lease_until=None),
            ),
            models.CheckConstraint(
                name="lead_import_waits_while_running", condition=Q(waits_until=None) | Q(state="running")
            ),
            models.CheckConstraint(
                name="lead_import_counts_add_up", condition=Q(rows_read=F("imported") + F("repeated") + F("refused"))
            ),
            models.CheckConstraint(
                name="lead_import_failure_has_reason",
                condition=Q(state="failed") & ~Q(failure="") | ~Q(state="failed") & Q(failure=""),
            ),
            models.CheckConstraint(
                name="lead_import_command_sends_nothing",
                condition=Q(by_command=False) | Q(by_command=True, file="", member=None),
            ),
            models.UniqueConstraint(  # the company's others wait, also while this one waits for its next shift
                name="lead_import_one_running", fields=["company"], condition=Q(state="running")
            ),
        ]
        indexes = [
            models.Index(name="lead_import_mine", fields=["company", "-created_at"]),  # the company's imports
            models.Index(  # the sweep
                name="lead_import_waiting", fields=["created_at"], condition=Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page, for the company's owners and editors."""
        return reverse("offerboard:import", args=[self.pk])


class ImportDay(models.Model):
    """How many leads a company's files brought in a day (UTC); forgotten when the day is over."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    leads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="import_day_once", fields=["company", "day"])]

    def __str__(self) -> str:
        return f"{self.day}: {self.leads}"


class SentFile(models.Model):
    """That a member sent a file and it was looked through, whatever came of it; forgotten after a day."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="sent_file_of_member", fields=["member", "-sent_at"]),  # how many there were today
        ]

    def __str__(self) -> str:
        return f"{self.sent_at}"


class SeenRow(models.Model):
    """What a row says in the columns that are used, of an import without a key; or that it repeats an earlier row.

    First ones are forgotten when the import has ended, repeats with its refused rows.
    """

    lead_import = models.ForeignKey(LeadImport, on_delete=models.CASCADE, related_name="seen_rows")
    content = models.UUIDField()  # a digest
    line = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField(null=True)  # of the row that it repeats

    class Meta:
        constraints = [
            models.UniqueConstraint(  # and looking a row up
                name="seen_row_first_once", fields=["lead_import", "content"], condition=Q(first_line=None)
            ),
            models.UniqueConstraint(  # and the report's order
                name="seen_row_repeat_once", fields=["lead_import", "line"], condition=Q(first_line__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}"


class RefusedRow(models.Model):
    """A row that did not become a lead, as it stands in the file, with the first reasons why."""

    lead_import = models.ForeignKey(LeadImport, on_delete=models.CASCADE, related_name="refused_rows")
    line = models.PositiveIntegerField()  # where it begins; the header is usually line 1
    columns = ArrayField(models.CharField(max_length=100))  # at fault, "" for the whole row
    reasons = ArrayField(models.CharField(max_length=300))  # one for each of the columns
    cells = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="refused_row_once", fields=["lead_import", "line"]),  # and the report's order
        ]

    def __str__(self) -> str:
        return f"{self.line}: {'; '.join(self.reasons)}"
