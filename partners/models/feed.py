"""What has changed in public, in an order that no reader can overtake."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Mark(models.Model):
    """Something that others pull may look different now.

    The database writes marks in the statement that changes the thing (`mark_changes` and `mark_removals` of migration
    0002). Nobody waits for anybody: marks have no order and are told apart by nothing, save that those of one thing
    follow each other as its row was written. The sequencer takes them once they are committed.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=90)
    is_gone = models.BooleanField(_("it has left what the public sees"), default=False)
    removal = models.UUIDField(_("the request for which it goes"), null=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        indexes = [
            models.Index(  # whether all that goes for a request is numbered
                name="mark_removal", fields=["removal"], condition=Q(removal__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Change(models.Model):
    """The latest change of one thing, under a number that grows as changes are committed.

    What changed is not kept: whoever reads it is told how the thing looks now, or that it is gone.
    """

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=90)
    position = models.BigIntegerField(_("position"))
    at = models.DateTimeField(_("numbered at"))
    removal = models.UUIDField(_("the request for which it went"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(name="change_latest", fields=["kind", "key"]),
            models.UniqueConstraint(name="change_position", fields=["position"]),  # the feed
        ]
        indexes = [
            models.Index(name="change_at", fields=["at"]),  # the sweep of what is long gone
            models.Index(  # what went for a request: /api/v1/removals/
                name="change_removal", fields=["removal", "position"], condition=Q(removal__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.key}"


class Feed(models.Model):
    """Where the feed stands: one row, which the sequencer holds while it numbers."""

    epoch = models.UUIDField(_("epoch"), default=uuid.uuid4, help_text=_("Changes when the database was restored."))
    last = models.BigIntegerField(_("last position"), default=0)
    forgotten = models.BigIntegerField(_("what is gone is known from here on"), default=0)

    class Meta:
        verbose_name = _("change feed")
        verbose_name_plural = _("change feed")
        constraints = [
            models.CheckConstraint(name="feed_is_one", condition=Q(pk=1)),
            models.CheckConstraint(name="feed_forgets_the_past", condition=Q(forgotten__lte=F("last"))),
        ]

    def __str__(self) -> str:
        return f"{self.epoch} {self.last}"
