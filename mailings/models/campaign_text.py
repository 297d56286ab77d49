"""What a campaign says in one language, with the one block that may promote something."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mailings.models.campaign import Campaign


class CampaignText(models.Model):
    """What a campaign says in one language."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts", verbose_name=_("campaign"))
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"), max_length=20_000)  # in mailings.writing.markup
    # The one block that promotes something; an announcement has none (mailings.services.campaigns).
    offer_title = models.CharField(_("title of the offer"), max_length=120, blank=True)
    offer_text = models.TextField(_("text of the offer"), max_length=2_000, blank=True)
    offer_button = models.CharField(_("words on its button"), max_length=40, blank=True)
    offer_link = models.URLField(_("address behind its button"), blank=True, max_length=500)

    class Meta:
        verbose_name = _("text of a campaign")
        verbose_name_plural = _("texts of campaigns")
        constraints = [
            models.UniqueConstraint(name="campaign_text_once_a_language", fields=["campaign", "language"]),
            models.CheckConstraint(  # a button leads somewhere
                name="campaign_offer_whole",
                condition=Q(offer_title="", offer_text="", offer_button="", offer_link="")
                | ~Q(offer_title="") & ~Q(offer_button="") & ~Q(offer_link=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.language})"

    @property
    def has_offer(self) -> bool:
        """Whether it promotes something."""
        return bool(self.offer_title)
