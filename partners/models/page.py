"""The page of leads that a partner links to from its own site."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner


class PartnerPageQuerySet(models.QuerySet["PartnerPage"]):
    """The questions asked about partners' pages; each chains onto the next."""

    def shown(self, *, on: date) -> Self:
        """Switched on, and under a contract that has begun and is not over."""
        return self.filter(is_on=True, partner__in=Partner.objects.serving(on=on))


class PartnerPage(models.Model):
    """What a partner chose for its page, and how it is introduced there.

    Leads and their categories are the business of rooms above this one: here stand their names in the API, and staff's
    form up there sees to it that they exist.
    """

    partner = models.OneToOneField(Partner, on_delete=models.PROTECT, related_name="page", verbose_name=_("partner"))
    is_on = models.BooleanField(_("switched on"), default=False)
    title = models.CharField(_("title"), max_length=120)
    intro = models.TextField(_("introduction"), max_length=600, blank=True)
    categories = ArrayField(models.CharField(max_length=90), verbose_name=_("categories"))
    kind = models.CharField(_("kind of lead"), max_length=12, blank=True)  # "" for both
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("companies’ countries"), default=list, blank=True
    )
    logo = models.ImageField(
        _("logo"), upload_to="logos/", blank=True, width_field="logo_width", height_field="logo_height"
    )
    logo_width = models.PositiveSmallIntegerField(null=True, editable=False)  # pixels
    logo_height = models.PositiveSmallIntegerField(null=True, editable=False)
    privacy_url = models.URLField(_("the partner’s privacy policy"), blank=True)

    objects = PartnerPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page for a partner")
        verbose_name_plural = _("pages for partners")
        constraints = [
            models.CheckConstraint(name="partner_page_of_something", condition=~Q(title="") & ~Q(categories=[])),
            models.CheckConstraint(
                name="partner_page_kind_known", condition=Q(kind__in=["", "sell_offer", "buy_inquiry"])
            ),
            models.CheckConstraint(
                name="partner_page_logo_measured",
                condition=Q(logo="", logo_width=None, logo_height=None)
                | (~Q(logo="") & Q(logo_width__isnull=False, logo_height__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title
