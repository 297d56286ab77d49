"""Whoever pulls listings under a contract."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.scopes import OF_PARTNERS, Scope
from privacy.models import Receiver


class PartnerQuerySet(models.QuerySet["Partner"]):
    """The questions asked about partners; each chains onto the next."""

    def serving(self, *, on: date) -> Self:
        """Those whose contract has begun and is not over, as the register of receivers says."""
        return self.filter(receiver__in=Receiver.objects.serving(on=on))


class Partner(models.Model):
    """Another site that pulls listings, or a service that members connect to their accounts.

    Its name, country and time stand in the register of receivers, which the policy shows; here stands what its
    contract allows.
    """

    receiver = models.OneToOneField(
        Receiver,
        on_delete=models.PROTECT,
        related_name="partner",
        limit_choices_to={"kind__in": ["partner", "connected"]},
        verbose_name=_("in the register of receivers"),
    )
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=60)
    website = models.URLField(_("website"))
    contact_email = models.EmailField(_("e-mail for technical notices"))
    language = models.CharField(_("language of its mail"), max_length=12, default="en")
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope),
        verbose_name=_("what its contract allows"),
        default=list,
        blank=True,
    )
    calls_a_minute = models.PositiveIntegerField(_("calls a minute"), default=300)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(name="partner_scopes_known", condition=Q(scopes__contained_by=sorted(OF_PARTNERS))),
            models.CheckConstraint(name="partner_may_call", condition=Q(calls_a_minute__range=(1, 100_000))),
        ]

    def __str__(self) -> str:
        return self.receiver.name
