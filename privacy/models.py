"""Policies by version, and who accepted which."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """The questions asked about policies; each chains onto the next."""

    def in_force(self, *, at: datetime) -> Self:
        """Versions that have taken effect, the newest first; the first of a kind is the current one."""
        return self.filter(effective_at__lte=at).order_by("-effective_at", "-number")


class PolicyVersion(models.Model):
    """One dated text of the terms, the privacy policy or the cookie policy; never edited once published."""

    class Kind(models.TextChoices):
        """Which policy the text is a version of."""

        TERMS = "terms", _("Terms")
        PRIVACY = "privacy", _("Privacy policy")
        COOKIES = "cookies", _("Cookie policy")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField(_("number"))
    body = models.TextField(_("text"), help_text=_("Paragraphs are parted by an empty line; “## ” starts a heading."))
    published_at = models.DateTimeField(_("published at"))
    effective_at = models.DateTimeField(_("takes effect at"))

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(name="policy_number_once", fields=["kind", "number"]),
            models.CheckConstraint(name="policy_kind_known", condition=Q(kind__in=["terms", "privacy", "cookies"])),
            models.CheckConstraint(  # never retroactive
                name="policy_effective_after_publication", condition=Q(effective_at__gte=models.F("published_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class PolicyAcceptance(models.Model):
    """A member accepted one version at one time; kept as proof of the contract."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="policy_acceptances")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField(_("accepted at"))

    class Meta:
        verbose_name = _("policy acceptance")
        verbose_name_plural = _("policy acceptances")
        constraints = [models.UniqueConstraint(name="policy_accepted_once", fields=["member", "version"])]

    def __str__(self) -> str:
        return f"{self.version} · {self.accepted_at:%Y-%m-%d}"
