"""What staff work on: reports, decisions with their reasons, and tickets from the contact page."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """Names any thing that can be moderated: its kind in the registry and its key there."""

    target_kind = models.CharField(_("kind"), max_length=20)
    target_id = models.CharField(_("key"), max_length=90)
    target_title = models.CharField(_("what"), max_length=200, help_text=_("Its title at the time."))

    class Meta:
        abstract = True


class ReportQuerySet(models.QuerySet["Report"]):
    """The questions asked about reports; each chains onto the next."""

    def about(self, kind: str, key: str) -> Self:
        """Those about one thing."""
        return self.filter(target_kind=kind, target_id=key)

    def about_children(self) -> Self:
        """Those that come first, and hide what they are about until staff have looked."""
        return self.filter(reason=Report.Reason.CHILD)

    def hiding(self) -> Self:
        """Open ones that have hidden what they are about."""
        return self.filter(state=Report.State.OPEN, hid_at__isnull=False)


class Report(Target):
    """Somebody says that a lead, a company or a thread breaks the rules."""

    class Reason(models.TextChoices):
        """What the reporter finds wrong."""

        FRAUD = "fraud", _("Fraud or a false company")
        FORBIDDEN = "forbidden", _("Forbidden or counterfeit goods")
        MISLEADING = "misleading", _("Wrong or misleading information")
        SPAM = "spam", _("Spam or the wrong category")
        PERSONAL = "personal", _("Somebody’s personal data")
        CHILD = "child", _("About a child")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        """open → closed, or → rejected where staff found that nothing was wrong."""

        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        REJECTED = "rejected", _("rejected")

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports_filed"
    )
    submission = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)  # of two clicks, one files
    email = models.EmailField(_("reporter’s e-mail"), blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    filed_at = models.DateTimeField(_("filed at"))
    hid_at = models.DateTimeField(_("hid it at"), null=True, blank=True)  # before staff looked
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports_closed"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                name="report_reason_known",
                condition=Q(reason__in=["fraud", "forbidden", "misleading", "spam", "personal", "child", "other"]),
            ),
            models.CheckConstraint(name="report_state_known", condition=Q(state__in=["open", "closed", "rejected"])),
            models.CheckConstraint(
                name="report_closed_has_time", condition=Q(state="open") | Q(closed_at__isnull=False)
            ),
            models.UniqueConstraint(  # a second press of the button files nothing
                name="report_once_while_open",
                fields=["reporter", "target_kind", "target_id"],
                condition=Q(state="open"),
            ),
        ]
        indexes = [
            models.Index(name="report_queue", fields=["filed_at"], condition=Q(state="open")),  # admin's work list
            models.Index(name="report_target", fields=["target_kind", "target_id"]),  # a case page
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.target_title}"


class Decision(Target):
    """What staff did about something, and the reasons as they were sent."""

    class Action(models.TextChoices):
        """What was done."""

        APPROVE = "approve", _("approved")
        REJECT = "reject", _("rejected")
        SUSPEND = "suspend", _("suspended")
        RESTORE = "restore", _("restored")

    action = models.CharField(_("action"), max_length=8, choices=Action)
    reason = models.TextField(_("statement of reasons"), max_length=4000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="decisions_made"
    )
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                name="decision_action_known", condition=Q(action__in=["approve", "reject", "suspend", "restore"])
            ),
            models.CheckConstraint(  # who loses something is told why
                name="decision_against_has_reason", condition=~Q(action__in=["reject", "suspend"]) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(name="decision_target", fields=["target_kind", "target_id", "-decided_at"])]

    def __str__(self) -> str:
        return f"{self.target_title}: {self.get_action_display()}"


class Ticket(models.Model):
    """A numbered message from the contact page, answered in admin."""

    class Kind(models.TextChoices):
        """What the message is about."""

        SUPPORT = "support", _("Help with the site")
        FEEDBACK = "feedback", _("Feedback")
        CLAIM = "claim", _("A claim or complaint")
        PRIVACY = "privacy", _("Privacy, or a comment on a policy")

    class State(models.TextChoices):
        """open → answered, by the first answer; staff may choose any at any time. A new message is a new ticket."""

        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    number = models.BigAutoField(_("number"), primary_key=True)
    submission = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)  # of two clicks, one files
    kind = models.CharField(_("about"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    text = models.TextField(_("message"), max_length=8000)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(
                name="ticket_kind_known", condition=Q(kind__in=["support", "feedback", "claim", "privacy"])
            ),
            models.CheckConstraint(name="ticket_state_known", condition=Q(state__in=["open", "answered", "closed"])),
        ]
        indexes = [models.Index(name="ticket_queue", fields=["opened_at"], condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number as people quote it, such as T-000042."""
        return f"T-{self.number:06d}"


class TicketReply(models.Model):
    """Staff's answer, sent to the ticket's e-mail address."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="replies")
    submission = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)  # of two clicks, one answers
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("answer"), max_length=8000)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.ticket} · {self.sent_at:%Y-%m-%d}"
