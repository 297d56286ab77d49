"""What mail servers answered about mails."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mailings.models.delivery import Delivery


class MailReport(models.Model):
    """What a mail server told about a mail: that it came back, waits, or was called unwanted. Or somebody pretended.

    The message itself is not kept: it may hold the mail, with its links, and words about other people.
    """

    class Kind(models.TextChoices):
        """What became of the mail, as the server says."""

        HARD = "hard", _("there is no such mailbox")
        SOFT = "soft", _("did not arrive this time")
        REFUSED = "refused", _("turned away for what it was or who sent it")
        DELAYED = "delayed", _("waits at a server")
        COMPLAINT = "complaint", _("called unwanted")
        FORGED = "forged", _("not about a mail of ours")

    class Doubt(models.TextChoices):
        """Why nobody believes it."""

        UNSIGNED = "unsigned", _("names no mail")
        BAD_SIGNATURE = "bad_signature", _("wrong signature")
        UNKNOWN_MAIL = "unknown_mail", _("about a mail that is not here, or no longer")
        OTHER_RECEIVER = "other_receiver", _("about another receiver")

    class Source(models.TextChoices):
        """Whether it was said while we handed over, or came later as a message."""

        SMTP = "smtp", _("answer at handing over")
        MAILDIR = "maildir", _("mailbox")
        WEBHOOK = "webhook", _("webhook")

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="reports", null=True, verbose_name=_("mail"), editable=False
    )
    kind = models.CharField(_("what it says"), max_length=10, choices=Kind)
    doubt = models.CharField(_("why it is not believed"), max_length=14, choices=Doubt, blank=True)
    source = models.CharField(_("came by"), max_length=8, choices=Source)
    status = models.CharField(_("status code"), max_length=12, blank=True)  # RFC 3463: “5.1.1”
    words = models.CharField(_("words of the server"), max_length=300, blank=True)
    digest = models.CharField(_("digest of the message"), max_length=64)  # SHA-256, hexadecimal
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("bounce or complaint")
        verbose_name_plural = _("bounces and complaints")
        constraints = [
            models.UniqueConstraint(name="mail_report_once", fields=["digest"]),
            models.CheckConstraint(
                name="mail_report_kind_known",
                condition=Q(kind__in=["hard", "soft", "refused", "delayed", "complaint", "forged"]),
            ),
            models.CheckConstraint(
                name="mail_report_doubt_known",
                condition=Q(doubt__in=["", "unsigned", "bad_signature", "unknown_mail", "other_receiver"]),
            ),
            models.CheckConstraint(
                name="mail_report_source_known", condition=Q(source__in=["smtp", "maildir", "webhook"])
            ),
            models.CheckConstraint(  # what is forged is about no mail and says nothing; all else is about one
                name="mail_report_forged_or_about_a_mail",
                condition=Q(kind="forged", delivery=None, status="", words="") & ~Q(doubt="")
                | ~Q(kind="forged") & Q(delivery__isnull=False, doubt=""),
            ),
        ]
        indexes = [
            models.Index(name="mail_report_newest", fields=["-received_at"]),  # the list in admin and its counts
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}".strip()
