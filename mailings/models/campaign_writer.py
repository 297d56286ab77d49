"""Who wrote in a campaign: none of them releases an announcement."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mailings.models.campaign import Campaign


class CampaignWriter(models.Model):
    """Somebody who wrote in a campaign, whoever wrote in it after that; none of them releases an announcement."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="writers", verbose_name=_("campaign"))
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("written by"))

    class Meta:
        verbose_name = _("writer of a campaign")
        verbose_name_plural = _("writers of campaigns")
        constraints = [models.UniqueConstraint(name="campaign_writer_once", fields=["campaign", "member"])]

    def __str__(self) -> str:
        return f"{self.member} ({self.campaign})"
