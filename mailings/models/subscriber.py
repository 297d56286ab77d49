"""People without an account who asked for marketing mail: first a wish; a reader once their mailbox has said so."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

ANSWERED_WITHIN = timedelta(days=30)


class SubscriptionWishQuerySet(models.QuerySet["SubscriptionWish"]):
    """The questions asked about wishes; each chains onto the next."""

    def open(self, *, at: datetime) -> Self:
        """Those that can still be confirmed; that they end needs no job to be true."""
        return self.filter(asked_at__gt=at - ANSWERED_WITHIN)


class SubscriptionWish(models.Model):
    """Somebody typed an address and chose topics; nothing is sent there but the question whether it was they."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"))
    topics = ArrayField(models.CharField(max_length=40), verbose_name=_("topics"))
    language = models.CharField(_("language"), max_length=12)
    gpc = models.BooleanField(_("the browser sent Global Privacy Control"), default=False)
    asked_at = models.DateTimeField(_("asked at"))

    objects = SubscriptionWishQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription to be confirmed")
        verbose_name_plural = _("subscriptions to be confirmed")
        constraints = [models.UniqueConstraint(Lower("email"), name="subscription_wish_once_an_address")]

    def __str__(self) -> str:
        return self.email


class Subscriber(models.Model):
    """A mailbox whose holder said yes; to what, the ledger of consent knows under the key."""

    key = models.UUIDField(_("key of consents"), primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=12)
    confirmed_at = models.DateTimeField(_("confirmed at"))
    stopped_at = models.DateTimeField(_("said no to the last topic at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [models.UniqueConstraint(Lower("email"), name="subscriber_once_an_address")]

    def __str__(self) -> str:
        return self.email
