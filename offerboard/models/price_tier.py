"""Prices that fall with the quantity."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead


class PriceTier(models.Model):
    """What one unit costs from some quantity on; the first tier's price is the lead's own."""

    MOST = 6  # a lead

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="tiers")
    place = models.PositiveSmallIntegerField(_("place"), help_text=_("From 1, by growing quantity."))
    min_quantity = models.DecimalField(
        _("from quantity"), max_digits=15, decimal_places=3, help_text=_("In the lead’s unit.")
    )
    price = models.DecimalField(
        _("price"),
        max_digits=16,
        decimal_places=4,
        help_text=_("Of one unit, in the lead’s currency."),
    )

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(name="tier_place_known", condition=Q(place__range=(1, 6))),
            models.UniqueConstraint(name="tier_once_in_a_place", fields=["lead", "place"]),  # so six at most
            models.UniqueConstraint(name="tier_once_for_a_quantity", fields=["lead", "min_quantity"]),
            models.CheckConstraint(name="tier_quantity_positive", condition=Q(min_quantity__gt=0)),
            models.CheckConstraint(name="tier_price_positive", condition=Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"≥ {self.min_quantity}: {self.price}"
