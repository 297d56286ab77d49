"""What somebody without an account wants to be gone: the other half of a request of the kind “removal”."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.models.request import SubjectRequest

WITH_STAFF = (SubjectRequest.State.REVIEW, SubjectRequest.State.HIDDEN)


class RemovalQuerySet(models.QuerySet["Removal"]):
    """The questions asked about removals; each chains onto the next."""

    def with_staff(self) -> Self:
        """Those that staff decide about: who asks is known to be who they say."""
        return self.filter(request__state__in=WITH_STAFF)

    def proved(self) -> Self:
        """Those that staff decide about or have decided; not what anybody can type with anybody's address."""
        unproved = [SubjectRequest.State.RECEIVED, SubjectRequest.State.EXPIRED]
        return self.exclude(request__state__in=unproved)


class Removal(models.Model):
    """How a removal came, what it is about, and what was done at once."""

    class Channel(models.TextChoices):
        """How it came."""

        FORM = "form", _("form on this market")
        PHONE = "phone", _("telephone")
        POST = "post", _("letter")
        OTHER = "other", _("another way")

    request = models.OneToOneField(SubjectRequest, on_delete=models.CASCADE, primary_key=True, related_name="removal")
    channel = models.CharField(_("how it came"), max_length=5, choices=Channel)
    who = models.CharField(_("who asks"), max_length=200, blank=True)  # as staff wrote it down
    page = models.CharField(_("page"), max_length=300, blank=True)  # its path; "" where an e-mail was meant
    target_kind = models.CharField(_("kind of page"), max_length=20, blank=True)  # in privacy.removables
    target_key = models.CharField(_("key"), max_length=90, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")  # of the mails to who asks
    hidden_here = models.BooleanField(_("hidden by this request"), default=False)  # so that refusing shows it again
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        constraints = [
            models.CheckConstraint(
                name="removal_channel_known", condition=Q(channel__in=["form", "phone", "post", "other"])
            ),
            models.CheckConstraint(  # only what is found by its page can be hidden, and shown again
                name="removal_hides_a_page", condition=Q(hidden_here=False) | ~Q(target_kind="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} · {self.request.received_at:%Y-%m-%d}"
