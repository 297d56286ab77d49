"""What the nightly sweep deleted, for staff to see."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class SweepReport(models.Model):
    """One run of the retention sweep, or a rehearsal that only counted."""

    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    is_rehearsal = models.BooleanField(_("only counted"), default=False)
    counts = models.JSONField(_("rows, by table"), default=dict)
    files = ArrayField(
        models.CharField(max_length=300), verbose_name=_("files to be deleted"), default=list, blank=True
    )
    held = models.JSONField(_("rows under legal hold, by table"), default=dict)

    class Meta:
        verbose_name = _("report of the retention sweep")
        verbose_name_plural = _("reports of the retention sweep")
        indexes = [models.Index(name="sweep_newest", fields=["-started_at"])]  # the list in admin

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
