"""What a receiver owes when its contract has ended: to delete everything that it was given, and to say so."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.models.disclosure import Receiver
from privacy.models.leaving import REMINDED_AFTER


class ContractEndQuerySet(models.QuerySet["ContractEnd"]):
    """The questions asked about ended contracts; each chains onto the next."""

    def standing(self) -> Self:
        """Those after which the contract has not gone on, confirmed or not."""
        return self.filter(went_on_at=None)

    def open(self) -> Self:
        """Those after which the receiver has still to delete, or to say that it has."""
        return self.standing().filter(confirmed_at=None)

    def overdue(self, *, at: datetime) -> Self:
        """Those whose day is past."""
        return self.open().filter(due_at__lt=at)

    def to_tell(self, *, at: datetime) -> Self:
        """Those of which the receiver has not heard yet, or not again for two weeks without an answer."""
        quiet = Q(told_at__lt=at - REMINDED_AFTER, reminded_at=None)
        return self.open().filter(Q(told_at=None) | quiet)

    def overtaken(self, *, at: datetime) -> Self:
        """Those whose contract runs again, or has run on past the day that was its last."""
        runs = Q(receiver__in=Receiver.objects.serving(on=at.date()))
        return self.standing().filter(runs | Q(receiver__until__gt=F("ended_on")))


class ContractEnd(models.Model):
    """One receiver's contract ended on one day, and it is asked to delete all that it had from us.

    When the contract goes on, nothing is asked any more; its next end is another row.
    """

    reference = models.UUIDField(  # by which the receiver confirms it
        _("reference"), unique=True, db_default=RandomUUID(), editable=False
    )
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="ends", verbose_name=_("receiver"))
    ended_on = models.DateField(_("last day of the contract"))
    opened_at = models.DateTimeField(_("noticed at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be confirmed by"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    proof = models.CharField(_("how it was confirmed"), max_length=300, blank=True)
    went_on_at = models.DateTimeField(_("the contract went on"), null=True, blank=True)

    objects = ContractEndQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of a contract")
        verbose_name_plural = _("ends of contracts")
        constraints = [
            models.UniqueConstraint(  # of two sweeps at once, one asks; also read when persons see who has deleted
                name="contract_end_once", fields=["receiver"], condition=Q(went_on_at=None)
            ),
            models.CheckConstraint(
                name="contract_end_confirmed_is_proved", condition=Q(confirmed_at=None) | ~Q(proof="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} · {self.ended_on}"
