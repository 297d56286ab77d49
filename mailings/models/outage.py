"""That our own mail server cannot be reached, or does not listen to us: nothing leaves, whoever it is for."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

UNASKED = timedelta(hours=1)  # while a mail waits the server is asked every few minutes


class OutageQuerySet(models.QuerySet["Outage"]):
    """The questions asked about outages; each chains onto the next."""

    def lasting(self, *, at: datetime) -> Self:
        """Without those that nobody has asked about for long: no mail waits for them any more."""
        return self.filter(ask_again_at__gt=at - UNASKED)


class Outage(models.Model):
    """One row while the server is silent, none while it answers; all workers go by it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    since = models.DateTimeField(_("since"))
    tries = models.PositiveIntegerField(_("asked in vain"), default=0)
    ask_again_at = models.DateTimeField(_("asked again at"))
    said = models.CharField(_("what it said"), max_length=300)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage of our mail server")
        verbose_name_plural = _("outages of our mail server")
        constraints = [models.CheckConstraint(name="outage_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.said
