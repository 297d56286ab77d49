"""What was public, and when: what a dispute may have to prove."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead


class LeadRevision(models.Model):
    """A lead's trade facts as the public could read them for some time; no person is in it.

    A row is written once, and its end once. It ends when it is closed or when the lead's days are over, whichever
    comes first; no job has to notice the latter.
    """

    lead = models.ForeignKey(  # by number: what was offered may be disputed after the lead is gone
        Lead, on_delete=models.DO_NOTHING, db_constraint=False, related_name="revisions"
    )
    facts = models.JSONField(_("facts"), help_text=_("The lead’s fields by name; numbers as text."))
    public_from = models.DateTimeField(_("public from"))
    closed_at = models.DateTimeField(_("ended"), null=True, help_text=_("Changed, or taken off the board."))
    expires_at = models.DateTimeField(_("expires at"), help_text=_("The lead’s own, while this was public."))
    public_until = models.GeneratedField(  # LEAST leaves out what is NULL
        expression=Least(F("closed_at"), F("expires_at")),
        output_field=models.DateTimeField(_("public until")),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-public_from", "-id"]
        constraints = [
            models.UniqueConstraint(name="revision_one_open", fields=["lead"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="revision_ends_after_start", condition=Q(closed_at=None) | Q(closed_at__gte=F("public_from"))
            ),
            models.CheckConstraint(name="revision_expires_after_start", condition=Q(expires_at__gt=F("public_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.facts.get('title', '')} ({self.public_from:%Y-%m-%d %H:%M})"
