"""Keys by which programs say who they are."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.scopes import OF_MEMBERS, OF_PARTNERS, Scope


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """The questions asked about keys; each chains onto the next."""

    def valid(self, *, at: datetime) -> Self:
        """Neither revoked nor past their day; their holder may still be suspended or out of contract."""
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=at))


class ApiKey(models.Model):
    """A secret of which we know only the SHA-256; it is long and random, so that no slower hash is needed.

    It belongs to a partner or to a member. For which company a member's key acts, the room above says (accounts).
    """

    class State(models.TextChoices):
        """What becomes of a call with it, as far as the key itself decides."""

        VALID = "valid", _("works")
        RENEWED = "renewed", _("renewed: works some days yet")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")

    prefix = models.CharField(
        _("begins with"), max_length=16, unique=True, editable=False
    )  # names it in lists and logs
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("what it is for"), max_length=80)
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.CASCADE, related_name="keys", verbose_name=_("partner")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="api_keys",
        verbose_name=_("member"),
    )
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("what it may do"))
    submission = models.UUIDField(  # tells a second press of the button from a second key
        _("press of the button"), null=True, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    follows = models.OneToOneField(  # of two clicks on “renew”, one makes a key
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="followed_by",
        verbose_name=_("takes the place of"),
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                name="key_has_one_holder",
                condition=Q(partner=None, member__isnull=False) | Q(partner__isnull=False, member=None),
            ),
            models.CheckConstraint(
                name="key_scopes_known",
                condition=~Q(scopes=[])
                & (
                    Q(partner=None, scopes__contained_by=sorted(OF_MEMBERS))
                    | Q(member=None, scopes__contained_by=sorted(OF_PARTNERS))
                ),
            ),
            models.CheckConstraint(
                name="key_expires_later", condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, *, at: datetime) -> State:
        """A query unless it was fetched with `followed_by`; says of one what `valid` says of many."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at is not None and self.expires_at <= at:
            return self.State.EXPIRED
        return self.State.RENEWED if hasattr(self, "followed_by") else self.State.VALID
