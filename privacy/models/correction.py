"""What somebody wants corrected, and what shows that they are right: GDPR art. 16."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.models.request import SubjectRequest
from privacy.private_files import private_files

EVIDENCE_KEPT = timedelta(days=30)  # after the answer, so that somebody who disagrees can still point to it


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """The questions asked about corrections; each chains onto the next."""

    def with_outdated_evidence(self, *, at: datetime) -> Self:
        """Those whose file must go: they were answered a while ago, or their person is gone."""
        over = Q(request__ended_at__lt=at - EVIDENCE_KEPT) | Q(request__member=None)
        return self.filter(over).exclude(evidence="")


class Correction(models.Model):
    """Which data is wrong and the evidence; the words and the answer stand in the request."""

    request = models.OneToOneField(
        SubjectRequest, on_delete=models.CASCADE, primary_key=True, related_name="correction"
    )
    table = models.CharField(_("which data"), max_length=100, blank=True)  # “offerboard.Message”; "" for something else
    evidence = models.FileField(_("evidence"), storage=private_files, blank=True)
    columns = ArrayField(  # “accounts.Member.phone”: who had received them is told
        models.CharField(max_length=120), verbose_name=_("what was corrected"), default=list, blank=True
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self) -> str:
        return str(self.request)
