"""The ledger of consent: what somebody agreed to or refused, in which words, when and how (GDPR art. 7(1)).

A database trigger refuses to change an event, and to delete one before its time (migration 0004): the ledger is proof,
and proof that its keeper can alter proves nothing.
"""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConsentLink(models.Model):
    """Whose events carry which key. Erasing a person deletes this row; the events stay and name nobody."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_link")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("consent key")
        verbose_name_plural = _("consent keys")

    def __str__(self) -> str:
        return str(self.key)


class ConsentWords(models.Model):
    """The words that were shown when somebody was asked, kept once."""

    digest = models.CharField(primary_key=True, max_length=64)  # SHA-256 of language and text, hexadecimal
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("words of a consent")
        verbose_name_plural = _("words of consents")

    def __str__(self) -> str:
        return self.text[:60]


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    """The questions asked about consent; each chains onto the next."""

    def of(self, subject: uuid.UUID) -> Self:
        """What one person, or one browser, has said."""
        return self.filter(subject=subject)

    def current(self, *, at: datetime) -> Self:
        """The last word of each subject on each purpose and channel."""
        said = self.filter(at__lte=at)
        return said.order_by("subject", "purpose", "channel", "-at", "-id").distinct("subject", "purpose", "channel")


class ConsentEvent(models.Model):
    """Somebody said yes or no to one purpose on one channel."""

    class Channel(models.TextChoices):
        """How somebody would be reached, or where something would be kept."""

        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("telephone")
        POST = "post", _("post")
        FAX = "fax", _("fax")
        BROWSER = "browser", _("your browser")
        PARTNERS = "partners", _("partner sites")
        SERVICE = "service", _("a service that you connect")

    class Method(models.TextChoices):
        """How the answer came."""

        BANNER = "banner", _("the question on a page")
        COOKIE_PAGE = "cookie_page", _("the page of cookie settings")
        PRIVACY_CENTRE = "privacy_centre", _("the privacy centre")
        LINK = "link", _("a link in a mail")
        STAFF = "staff", _("told to our staff")
        LEAVING = "leaving", _("left this market")
        COMPLAINT = "complaint", _("called our mail unwanted")

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(_("subject"))  # a member's ConsentLink.key, or a browser's random number
    purpose = models.CharField(
        _("purpose"), max_length=40
    )  # a key of privacy.consents, or “service:12” of a family there
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    given = models.BooleanField(_("given"))
    words = models.ForeignKey(ConsentWords, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey("privacy.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    gpc = models.BooleanField(_("the browser sent Global Privacy Control"), default=False)
    at = models.DateTimeField(_("time"))

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        constraints = [
            models.CheckConstraint(
                name="consent_channel_known",
                condition=Q(channel__in=["email", "phone", "post", "fax", "browser", "partners", "service"]),
            ),
            models.CheckConstraint(
                name="consent_method_known",
                condition=Q(
                    method__in=["banner", "cookie_page", "privacy_centre", "link", "staff", "leaving", "complaint"]
                ),
            ),
        ]
        indexes = [
            models.Index(  # the privacy centre; who may be written to
                name="consent_current", fields=["subject", "purpose", "channel", "-at", "-id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.get_channel_display()} · {'+' if self.given else '-'}"
