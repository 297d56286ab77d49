"""Pictures of the goods, re-encoded by us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead


class LeadPicture(models.Model):
    """One picture of a lead; the first by position stands on its card."""

    MOST = 8  # a lead

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="pictures")
    image = models.ImageField(_("picture"), upload_to="leads/", width_field="width", height_field="height")
    thumbnail = models.ImageField(_("thumbnail"), upload_to="leads/")
    width = models.PositiveSmallIntegerField(_("width"), help_text=_("Pixels."))
    height = models.PositiveSmallIntegerField(_("height"), help_text=_("Pixels."))
    caption = models.CharField(_("caption"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the file as it was sent
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(name="picture_position_low", condition=Q(position__lt=100)),
            models.UniqueConstraint(  # a form that is sent again adds nothing
                name="picture_once_on_a_lead", fields=["lead", "digest"], condition=~Q(digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.caption or f"{self.lead} {self.position + 1}"
