"""What has been checked about a company, when, and until when that holds."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models.company import Company


class VerificationQuerySet(models.QuerySet["Verification"]):
    """The questions asked about claims; each chains onto the next."""

    def current(self, *, at: datetime) -> Self:
        """Claims that hold now; a badge is this query and nothing stored."""
        return self.filter(checked_at__lte=at, valid_until__gt=at)

    def identity(self) -> Self:
        """The claim that makes a verified member."""
        return self.filter(claim=Verification.Claim.IDENTITY)


class Verification(models.Model):
    """One dated check by staff; it lapses by itself and no payment creates it."""

    class Claim(models.TextChoices):
        """What was checked."""

        IDENTITY = "identity", _("Identity")
        ADDRESS = "address", _("Address")
        REGISTRY = "registry", _("Registry number")
        SITE_VISIT = "site_visit", _("Site visit")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="verifications")
    claim = models.CharField(_("claim"), max_length=12, choices=Claim)
    method = models.CharField(_("how it was checked"), max_length=200)
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked on"))
    valid_until = models.DateTimeField(_("valid until"))

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = [
            models.CheckConstraint(
                name="verification_claim_known",
                condition=Q(claim__in=["identity", "address", "registry", "site_visit"]),
            ),
            models.CheckConstraint(name="verification_lapses_later", condition=Q(valid_until__gt=F("checked_at"))),
        ]
        indexes = [  # the badge on cards, the claims on a company's page
            models.Index(name="verification_claims", fields=["company", "claim", "-valid_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_claim_display()} · {self.checked_at:%Y-%m-%d}"
