"""Policies by version, who accepted which, and who was told of a coming one."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

NOTICE = timedelta(days=14)  # between the last notice of a material change and its effect
PAGES = {"terms": "privacy:terms", "privacy": "privacy:policy", "cookies": "privacy:cookies"}


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """The questions asked about policies; each chains onto the next."""

    def published(self, *, at: datetime) -> Self:
        """What everybody may read, the newest first."""
        return self.filter(published_at__lte=at).order_by("-effective_at", "-number")

    def in_force(self, *, at: datetime) -> Self:
        """Versions that have taken effect, the newest first; the first of a kind is the current one.

        A material one waits until everybody has been told for as long as was promised, whatever date stands on it.
        """
        told = Q(material=False) | Q(notices_done_at__lte=at - NOTICE)
        return self.published(at=at).filter(told, effective_at__lte=at)

    def coming(self, *, at: datetime) -> Self:
        """Announced and not in force yet, the first to come first."""
        untold = Q(material=True) & (Q(notices_done_at=None) | Q(notices_done_at__gt=at - NOTICE))
        return self.published(at=at).filter(untold | Q(effective_at__gt=at)).order_by("effective_at", "number")


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
    data_map = models.JSONField(  # what privacy.snapshot said of the data map when this was published
        _("what the tables said"), default=dict, blank=True
    )
    digest = models.CharField(_("digest of text and tables"), max_length=64, blank=True)  # SHA-256, hexadecimal
    material = models.BooleanField(_("material"), default=False, help_text=_("Members are told before it holds."))
    changes = ArrayField(  # in words, for the notice
        models.CharField(max_length=300), verbose_name=_("what changes"), default=list, blank=True
    )
    notices_done_at = models.DateTimeField(_("everybody was told at"), null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(name="policy_number_once", fields=["kind", "number"]),
            models.CheckConstraint(name="policy_kind_known", condition=Q(kind__in=["terms", "privacy", "cookies"])),
            models.CheckConstraint(  # never retroactive
                name="policy_effective_after_publication", condition=Q(effective_at__gte=F("published_at"))
            ),
            models.CheckConstraint(  # nobody is surprised
                name="policy_material_is_announced",
                condition=Q(material=False) | Q(effective_at__gte=F("published_at") + NOTICE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        """Where this version is read, also when another one holds."""
        return f"{reverse(PAGES[self.kind])}?version={self.number}"

    def earliest(self, *, at: datetime) -> datetime:
        """When it takes effect; while members are still being told, when it can at the earliest.

        Says of one version what `in_force` says of many.
        """
        if not self.material:
            return self.effective_at
        return max(self.effective_at, (self.notices_done_at or at) + NOTICE)


class PolicyDraft(models.Model):
    """The text of a coming version, changed freely until it is published; there is one for each kind."""

    kind = models.CharField(_("kind"), max_length=10, choices=PolicyVersion.Kind, unique=True)
    body = models.TextField(_("text"), help_text=_("Paragraphs are parted by an empty line; “## ” starts a heading."))
    effective_at = models.DateTimeField(_("takes effect at"))
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("policy draft")
        verbose_name_plural = _("policy drafts")
        constraints = [
            models.CheckConstraint(
                name="policy_draft_kind_known", condition=Q(kind__in=["terms", "privacy", "cookies"])
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


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


class PolicyNotice(models.Model):
    """A member is told by mail of a material change that is coming."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="notices")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="policy_notices")
    delivery = models.UUIDField(_("mail"))  # its number in the outbox
    queued_at = models.DateTimeField(_("queued at"))

    class Meta:
        verbose_name = _("policy notice")
        verbose_name_plural = _("policy notices")
        constraints = [models.UniqueConstraint(name="policy_noticed_once", fields=["version", "member"])]

    def __str__(self) -> str:
        return f"{self.version} · {self.queued_at:%Y-%m-%d}"
