"""The breach register: what happened, who was told and when (GDPR art. 33 and 34)."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

CLOCK = timedelta(hours=72)  # art. 33(1), from when it became known


class BreachQuerySet(models.QuerySet["Breach"]):
    """The questions asked about breaches; each chains onto the next."""

    def open(self) -> Self:
        """Those on which staff still work."""
        return self.filter(closed_at=None)


class Breach(models.Model):
    """One incident in which personal data was lost, changed or seen by somebody who should not have."""

    class Risk(models.TextChoices):
        """What it means for the people: art. 33(1) and 34(1)."""

        UNKNOWN = "unknown", _("not judged yet")
        UNLIKELY = "unlikely", _("unlikely: nobody need be told")
        RISK = "risk", _("a risk: the authority is told")
        HIGH = "high", _("a high risk: the people are told too")

    title = models.CharField(_("title"), max_length=200)
    happened = models.TextField(_("what happened"), max_length=8000)
    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    discovered_at = models.DateTimeField(_("became known at"))
    risk = models.CharField(_("risk to the people"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    tables = ArrayField(  # “offerboard.Message”; the kinds of data, from the data map
        models.CharField(max_length=100), verbose_name=_("which data"), default=list, blank=True
    )
    rows_from = models.DateTimeField(_("rows written from"), null=True, blank=True)
    rows_until = models.DateTimeField(_("rows written until"), null=True, blank=True)
    consequences = models.TextField(_("likely consequences"), max_length=4000, blank=True)
    measures = models.TextField(_("what we do"), max_length=4000, blank=True)
    advice = models.TextField(_("what the people can do"), max_length=4000, blank=True)
    authority = models.CharField(_("authority told, and its file number"), max_length=200, blank=True)
    authority_told_at = models.DateTimeField(_("authority told at"), null=True, blank=True)
    delay = models.TextField(_("why the authority was told later than 72 hours"), max_length=1000, blank=True)
    people_told_at = models.DateTimeField(_("people told from"), null=True, blank=True)
    people_done_at = models.DateTimeField(_("everybody was told at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach")
        verbose_name_plural = _("breaches")
        constraints = [
            models.CheckConstraint(
                name="breach_risk_known", condition=Q(risk__in=["unknown", "unlikely", "risk", "high"])
            ),
            models.CheckConstraint(  # art. 33(1): later than 72 hours, with reasons
                name="breach_delay_has_reason",
                condition=Q(authority_told_at=None)
                | Q(authority_told_at__lte=F("discovered_at") + CLOCK)
                | ~Q(delay=""),
            ),
            models.CheckConstraint(  # art. 33(5): the register says what was thought of it
                name="breach_closed_is_judged", condition=Q(closed_at=None) | ~Q(risk="unknown")
            ),
            models.CheckConstraint(
                name="breach_done_is_told", condition=Q(people_done_at=None) | Q(people_told_at__isnull=False)
            ),
            models.CheckConstraint(  # nobody is left untold in the middle
                name="breach_closed_is_done",
                condition=Q(closed_at=None) | Q(people_told_at=None) | Q(people_done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def due_at(self) -> datetime:
        """By when the authority is told."""
        return self.discovered_at + CLOCK

    @property
    def clock_runs(self) -> bool:
        """Whether the authority has still to be told: not where a risk is unlikely, art. 33(1)."""
        return self.authority_told_at is None and self.risk != self.Risk.UNLIKELY and self.closed_at is None


class BreachNotice(models.Model):
    """One person was told of a breach: a member, or somebody who has no account and only an address."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="notices")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(_("e-mail of somebody without an account"), blank=True, db_default="")
    delivery = models.UUIDField(_("the mail"))  # its row in the outbox
    queued_at = models.DateTimeField(_("queued at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)  # noted before the outbox forgets it

    class Meta:
        verbose_name = _("notice of a breach")
        verbose_name_plural = _("notices of breaches")
        constraints = [
            models.UniqueConstraint(name="breach_notice_once", fields=["breach", "member"]),
            models.UniqueConstraint(
                name="breach_notice_once_to_address", fields=["breach", "email"], condition=~Q(email="")
            ),
            models.CheckConstraint(  # neither, once the person is erased
                name="breach_notice_to_one", condition=Q(member=None) | Q(email="")
            ),
        ]
        indexes = [
            models.Index(  # the sweep that notes when they were sent
                name="breach_notice_unsent", fields=["queued_at"], condition=Q(sent_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.breach_id} · {self.queued_at:%Y-%m-%d}"
