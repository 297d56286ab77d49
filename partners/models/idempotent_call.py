"""Calls that a program may send twice and that shall happen once."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.api_key import ApiKey


class IdempotentCall(models.Model):
    """A call with an Idempotency-Key, and its answer once there is one; kept for a day.

    Source: IETF draft-ietf-httpapi-idempotency-key-header.
    """

    LONGEST = 255  # characters

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="idempotent_calls")
    value = models.CharField(_("Idempotency-Key"), max_length=LONGEST)
    digest = models.CharField(max_length=64)  # SHA-256 of method, address and body
    number = models.UUIDField(default=uuid.uuid4, editable=False)  # by which what it made is found after a crash
    status = models.PositiveSmallIntegerField(_("status"), null=True)  # None: under way, or its worker died
    answer = models.TextField(_("answer"), blank=True)
    begun_at = models.DateTimeField(_("begun at"))

    class Meta:
        verbose_name = _("call that happens once")
        verbose_name_plural = _("calls that happen once")
        constraints = [
            models.UniqueConstraint(name="idempotent_call_once", fields=["key", "value"]),
            models.CheckConstraint(
                name="idempotent_answer_has_status", condition=Q(status__isnull=False) | Q(answer="")
            ),
        ]
        indexes = [models.Index(name="idempotent_call_age", fields=["begun_at"])]  # the sweep of yesterday's

    def __str__(self) -> str:
        return self.value
