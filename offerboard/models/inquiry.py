"""Inquiries: message threads between two companies."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from offerboard.models.lead import Lead


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """The questions asked about inquiries; each chains onto the next."""

    def of_company(self, company_id: int) -> Self:
        """Threads the company takes part in."""
        return self.filter(Q(sender_id=company_id) | Q(recipient_id=company_id))

    def sent_by(self, company_id: int) -> Self:
        """Threads the company began."""
        return self.filter(sender_id=company_id)

    def newest_first(self) -> Self:
        """The inbox's order, which the keyset of the next page relies on."""
        return self.order_by("-last_message_at", "-id")


class Inquiry(models.Model):
    """A thread between the company that asks and the company that is asked, about a lead or in general."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A company that leaves stays as a name over its threads: they are the other side's too.
    sender = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="inquiries_sent")
    recipient = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="inquiries_received")
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.SET_NULL, related_name="inquiries")
    begun_by = models.ForeignKey(  # whose words the subject of a general thread is
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_general = models.BooleanField(_("about no lead from the start"), default=False, db_default=False)
    subject = models.CharField(_("about"), max_length=200)
    started_at = models.DateTimeField(_("started at"))
    last_message_at = models.DateTimeField(_("last message at"))

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = [
            models.UniqueConstraint(  # a lead's owner never sees two threads from one company about one lead
                name="inquiry_once_per_lead", fields=["sender", "lead"]
            ),
            models.UniqueConstraint(  # nor two general ones
                name="inquiry_once_per_company", fields=["sender", "recipient"], condition=Q(is_general=True)
            ),
            models.CheckConstraint(name="inquiry_between_two", condition=~Q(sender=F("recipient"))),
        ]
        indexes = [
            models.Index(name="inquiry_inbox", fields=["recipient", "-last_message_at"]),  # Inbox
            models.Index(name="inquiry_outbox", fields=["sender", "-last_message_at"]),  # Sent
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The thread, for either company's team."""
        return reverse("offerboard:thread", args=[self.pk])

    def other_side(self, company_id: int) -> Company:
        """The company at the other end of the thread."""
        return self.recipient if self.sender_id == company_id else self.sender


class Message(models.Model):
    """What one side wrote; contact details were masked when it was stored."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages_written"
    )
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # of two clicks, one sends
    text = models.TextField(_("message"), max_length=8000)
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(name="message_thread", fields=["inquiry", "sent_at"])]  # a thread, unread counts

    def __str__(self) -> str:
        return f"{self.company} · {self.sent_at:%Y-%m-%d %H:%M}"


class ReadMark(models.Model):
    """How far a member has read a thread; a company's threads are unread for each member apart."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="read_marks")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(name="read_mark_once", fields=["inquiry", "member"])]

    def __str__(self) -> str:
        return f"{self.inquiry} · {self.read_at:%Y-%m-%d %H:%M}"


class Block(models.Model):
    """A company that no longer wants to hear from another."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="blocked_by")
    blocked_at = models.DateTimeField(_("blocked at"))

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(name="block_once", fields=["company", "blocked"]),
            models.CheckConstraint(name="block_not_oneself", condition=~Q(company=F("blocked"))),
        ]

    def __str__(self) -> str:
        return f"{self.company} blocks {self.blocked}"
