"""How often members want to be told of what, and what waits to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mailings.times import Frequency

KIND_LENGTH = 20  # characters of a key of mailings.notices
KIND_FORM = r"^[a-z_]+$"


class MailPreference(models.Model):
    """How often a member is told of one kind of thing; where there is none, the kind's default holds."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preferences")
    kind = models.CharField(_("about what"), max_length=KIND_LENGTH)
    frequency = models.CharField(_("how often"), max_length=7, choices=Frequency)
    # Of kinds for which a sweep looks for what is new.
    due_at = models.DateTimeField(_("next mail at"), null=True, blank=True)
    told_until = models.DateTimeField(_("what came until then is told"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [
            models.UniqueConstraint(name="mail_preference_once", fields=["member", "kind"]),
            models.CheckConstraint(name="mail_preference_kind_is_key", condition=Q(kind__regex=KIND_FORM)),
            models.CheckConstraint(
                name="mail_preference_frequency_known",
                condition=Q(frequency__in=["instant", "daily", "weekly", "off"]),
            ),
            models.CheckConstraint(
                name="mail_preference_due_with_cursor",
                condition=Q(due_at=None, told_until=None)
                | Q(due_at__isnull=False, told_until__isnull=False) & ~Q(frequency="off"),
            ),
        ]
        indexes = [
            models.Index(  # whose mail the sweep writes next
                name="mail_preference_due", fields=["kind", "due_at"], condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_frequency_display()}"


class WaitingNotice(models.Model):
    """Something that a member is told in the next mail that gathers such things; gone once that mail is written.

    It names the thing and copies nothing of it, so that the mail tells no more than the member may see by then.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="waiting_notices")
    kind = models.CharField(_("about what"), max_length=KIND_LENGTH)
    key = models.CharField(_("number of the thing"), max_length=40)
    happened_at = models.DateTimeField(_("happened at"))
    due_at = models.DateTimeField(_("to be mailed at"))

    class Meta:
        verbose_name = _("waiting notice")
        verbose_name_plural = _("waiting notices")
        constraints = [
            models.UniqueConstraint(name="waiting_notice_once", fields=["member", "kind", "key"]),
            models.CheckConstraint(name="waiting_notice_kind_is_key", condition=Q(kind__regex=KIND_FORM)),
            models.CheckConstraint(name="waiting_notice_has_key", condition=~Q(key="")),
        ]
        indexes = [
            models.Index(name="waiting_notice_due", fields=["due_at"]),  # the mails to write
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
