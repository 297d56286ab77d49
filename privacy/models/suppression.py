"""Who must not be written to or listed again; no address is kept, only a keyed digest of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Suppression(models.Model):
    """A digest (HMAC-SHA-256, keyed) of something that must not come back; it survives the erasure of its person."""

    class Kind(models.TextChoices):
        """What the digest was made of."""

        EMAIL = "email", _("e-mail address")
        PHONE = "phone", _("telephone number")
        COMPANY = "company", _("name and country of a company")
        WEBSITE = "website", _("host of a website")
        TOPIC = "topic", _("a topic of marketing mail, for an e-mail address")

    class Reason(models.TextChoices):
        """Why."""

        ERASED = "erased", _("its person has left")
        REMOVED = "removed", _("removal was asked for")
        BOUNCED = "bounced", _("mail comes back from there")
        COMPLAINED = "complained", _("called our mail unwanted")
        OPTED_OUT = "opted_out", _("does not want mail of this topic")

    kind = models.CharField(_("of what"), max_length=8, choices=Kind)
    digest = models.CharField(_("digest"), max_length=64)  # hexadecimal
    key_id = models.CharField(_("key"), max_length=20)  # of settings.SUPPRESSION_KEYS
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(name="suppression_once", fields=["kind", "digest"]),
            models.CheckConstraint(
                name="suppression_kind_known",
                condition=Q(kind__in=["email", "phone", "company", "website", "topic"]),
            ),
            models.CheckConstraint(
                name="suppression_reason_known",
                condition=Q(reason__in=["erased", "removed", "bounced", "complained", "opted_out"]),
            ),
            models.CheckConstraint(  # of a topic alone, and nothing else of a topic
                name="suppression_opted_out_of_topic",
                condition=Q(kind="topic", reason="opted_out") | ~Q(kind="topic") & ~Q(reason="opted_out"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:8]}"
