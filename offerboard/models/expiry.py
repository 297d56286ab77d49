"""Which companies know that a lead of theirs is about to expire."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead


class ExpiryNotice(models.Model):
    """That a lead's company was told when the lead expires; once for each such time, which a renewal moves.

    Written in the transaction that tells it, and gone once the time is over.
    """

    lead = models.ForeignKey(  # the database deletes the row along with the lead
        Lead, on_delete=models.CASCADE, related_name="expiry_notices", db_constraint=False, db_index=False
    )
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("notice of an expiry")
        verbose_name_plural = _("notices of expiries")
        constraints = [
            models.UniqueConstraint(name="expiry_notice_once", fields=["lead", "expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} · {self.expires_at:%Y-%m-%d}"
