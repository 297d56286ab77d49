"""Addresses that are called when the feed moves on."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.api_key import ApiKey
from partners.models.partner import Partner
from partners.scopes import Scope

MOST_OF_HOLDER = 5


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """The questions asked about webhooks; each chains onto the next."""

    def of_holder(self, key: ApiKey) -> Self:
        """Those that belong to whom the key belongs to."""
        return self.filter(partner=key.partner_id, member=key.member_id)

    def active(self) -> Self:
        """Those that nobody has paused."""
        return self.filter(state=Webhook.State.ACTIVE)

    def served(self, *, at: datetime) -> Self:
        """Those whose key opens something at that moment, and whose holder may be called.

        The holder is a member who is active, or a partner whose contract says so.
        """
        contracts = Partner.objects.serving(on=at.date()).filter(scopes__contains=[Scope.WEBHOOKS_WRITE])
        holders = Q(member__state="active") | Q(partner__in=contracts)
        return self.filter(holders, key__in=ApiKey.objects.valid(at=at))

    def quiet_no_longer(self, *, at: datetime) -> Self:
        """Those that have gathered changes for long enough."""
        return self.filter(quiet_until__lte=at)


class Webhook(models.Model):
    """An address of a partner or a member, and how far in the feed it has come.

    Its position is moved in the transaction that writes down the message about what lies between; so an address that
    does not answer has one message that waits, and everything after it is still in the feed.
    """

    class State(models.TextChoices):
        """active ⇄ paused."""

        ACTIVE = "active", _("is called")
        PAUSED = "paused", _("paused")

    class PauseReason(models.TextChoices):
        """Who paused it, or what."""

        HOLDER = "holder", _("by its holder")
        STAFF = "staff", _("by our staff")
        FAILING = "failing", _("it did not answer for three days")
        GONE = "gone", _("it answered 410 Gone")
        KEY = "key", _("the key behind it has ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.CASCADE, related_name="webhooks", verbose_name=_("partner")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="webhooks",
        verbose_name=_("member"),
    )
    key = models.ForeignKey(  # or the one that took its place; without one it is not called
        ApiKey, null=True, on_delete=models.SET_NULL, related_name="webhooks", verbose_name=_("the key that made it")
    )
    place = models.PositiveSmallIntegerField(_("which of its holder’s"), editable=False)
    url = models.URLField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("what it is told of"))
    secret = models.CharField(max_length=200, editable=False)  # sealed, as the next one: see privacy.sealing
    previous_secret = models.CharField(max_length=200, blank=True, editable=False)
    previous_until = models.DateTimeField(_("the previous secret signs until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ACTIVE)
    pause_reason = models.CharField(_("paused"), max_length=7, choices=PauseReason, blank=True)
    state_since = models.DateTimeField(_("since"))
    epoch = models.UUIDField(_("epoch of the feed"), editable=False)
    position = models.BigIntegerField(_("position in the feed"), editable=False)
    untold = ArrayField(  # of its kinds, those of which something was passed over; the old release sets none
        models.CharField(max_length=20),
        verbose_name=_("what it was not told of on the way there"),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
    )
    quiet_until = models.DateTimeField(_("gathers changes until"))
    created_at = models.DateTimeField(_("made at"))

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                name="webhook_has_one_holder",
                condition=Q(partner=None, member__isnull=False) | Q(partner__isnull=False, member=None),
            ),
            models.CheckConstraint(name="webhook_place_known", condition=Q(place__range=(1, MOST_OF_HOLDER))),
            models.UniqueConstraint(name="webhook_place_of_partner", fields=["partner", "place"]),
            models.UniqueConstraint(name="webhook_place_of_member", fields=["member", "place"]),
            models.CheckConstraint(name="webhook_url_is_one", condition=Q(url__regex=r"^https?://[!-~]+$")),
            models.CheckConstraint(name="webhook_is_told_of_something", condition=~Q(kinds=[])),
            models.CheckConstraint(name="webhook_has_a_secret", condition=~Q(secret="")),
            models.CheckConstraint(
                name="webhook_previous_secret_ends",
                condition=Q(previous_secret="", previous_until=None)
                | ~Q(previous_secret="") & Q(previous_until__isnull=False),
            ),
            models.CheckConstraint(
                name="webhook_state_known",
                condition=Q(state="active", pause_reason="")
                | Q(state="paused", pause_reason__in=["holder", "staff", "failing", "gone", "key"]),
            ),
            models.CheckConstraint(name="webhook_began_before", condition=Q(state_since__gte=F("created_at"))),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def holder(self) -> object:
        """The partner or the member."""
        return self.partner or self.member

    @property
    def scopes(self) -> frozenset[str]:
        """What its key may read now: what a contract does not allow any more is not sent any more."""
        own = frozenset(self.key.scopes) if self.key is not None else frozenset()
        return own if self.partner is None else own.intersection(self.partner.scopes)

    def sealed_at(self, column: str) -> str:
        """The place under which a column of this row is sealed."""
        return f"partners.Webhook.{column} {self.pk}"
