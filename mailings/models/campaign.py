"""Mails to many, service announcements and marketing: who may get them, how far they are and how they ended."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """The questions asked about campaigns; each chains onto the next."""

    def under_way(self) -> Self:
        """Those that a worker has something to do for, now or at their time."""
        return self.filter(state__in=["approved", "materialising", "sending", "draining"])

    def released(self) -> Self:
        """Those that somebody let go and that are not over; some of them rest."""
        return self.exclude(state__in=["draft", "done", "cancelled"])

    def archived(self) -> Self:
        """What everybody may read again; the mails that left before it was cancelled lead there too."""
        may_have_arrived = Q(sent__gt=0) | Q(uncertain__gt=0)
        shown = Q(state__in=["sending", "paused", "draining", "done"]) | Q(state="cancelled") & may_have_arrived
        return self.filter(shown, is_archived=True, began_at__isnull=False)


class Campaign(models.Model):
    """One mail to many, from the draft to numbers that add up."""

    class Kind(models.TextChoices):
        """What it is, which decides who gets it and what may be in it."""

        ANNOUNCEMENT = "announcement", _("service announcement")
        MARKETING = "marketing", _("marketing")

    class State(models.TextChoices):
        """draft ⇄ approved → materialising → sending ⇄ paused → done; any but the ends → draining → cancelled."""

        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved, waits for its time")
        MATERIALISING = "materialising", _("finding its readers")
        SENDING = "sending", _("being sent")
        PAUSED = "paused", _("paused")
        DRAINING = "draining", _("being cancelled")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    class Reason(models.TextChoices):
        """Why members must hear of it, as the mail itself says."""

        SERVICE = "service", _("a change of the service")
        TERMS = "terms", _("a change of terms or policies")
        INTERRUPTION = "interruption", _("an interruption of the service")
        SECURITY = "security", _("the security of accounts")
        FRAUD = "fraud", _("a fraud or safety warning")
        LAW = "law", _("a duty under the law")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=120, help_text=_("For staff; no reader sees it."))
    topic = models.CharField(_("topic"), max_length=40, blank=True)  # a key of mailings.topics
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    default_language = models.CharField(
        _("language for everybody else"), max_length=12, help_text=_("Who reads no other of its languages gets this.")
    )
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    industries = ArrayField(models.CharField(max_length=90), verbose_name=_("industries"), default=list, blank=True)
    business_types = ArrayField(
        models.CharField(max_length=20), verbose_name=_("business types"), default=list, blank=True
    )
    tiers = ArrayField(models.CharField(max_length=20), verbose_name=_("tiers"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("languages"), default=list, blank=True)
    starts_at = models.DateTimeField(_("to be sent from"), null=True, blank=True)
    is_archived = models.BooleanField(
        _("in the archive"), default=True, help_text=_("Everybody may read it there, without names.")
    )
    slug = models.SlugField(_("short name in addresses"), max_length=140, unique=True, editable=False)

    state = models.CharField(_("state"), max_length=14, choices=State, default=State.DRAFT, editable=False)
    written_by = models.ForeignKey(  # who changed it last
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written at"), editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    began_at = models.DateTimeField(_("begun at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)
    halt = models.CharField(_("why it is paused"), max_length=300, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    cursor = models.CharField(  # where the finding of readers has got to: a source and the last number of it
        _("found so far"), max_length=60, blank=True, editable=False
    )

    # How it ended; while rows are there they are counted anew (mailings.selectors.campaigns).
    audience = models.PositiveIntegerField(_("readers"), null=True, editable=False)
    sent = models.PositiveIntegerField(_("sent"), null=True, editable=False)
    bounced = models.PositiveIntegerField(_("refused by the receiver"), null=True, editable=False)
    suppressed = models.PositiveIntegerField(_("not sent: unwanted"), null=True, editable=False)
    uncertain = models.PositiveIntegerField(_("uncertain"), null=True, editable=False)
    withdrawn = models.PositiveIntegerField(_("not sent: cancelled"), null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("approve_campaign", "Can approve campaigns")]
        constraints = [
            models.CheckConstraint(name="campaign_kind_known", condition=Q(kind__in=["announcement", "marketing"])),
            models.CheckConstraint(
                name="campaign_state_known",
                condition=Q(
                    state__in=[
                        *("draft", "approved", "materialising", "sending"),
                        *("paused", "draining", "done", "cancelled"),
                    ]
                ),
            ),
            models.CheckConstraint(  # marketing is about a topic that people chose, an announcement has a reason
                name="campaign_topic_or_reason",
                condition=Q(kind="marketing", reason="") & ~Q(topic="")
                | Q(kind="announcement", topic="")
                & Q(reason__in=["service", "terms", "interruption", "security", "fraud", "law"]),
            ),
            models.CheckConstraint(
                name="campaign_announcement_read_by_two",
                condition=Q(kind="marketing")
                | Q(approved_by=None)
                | Q(written_by=None)
                | ~Q(approved_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="campaign_approved_or_draft",
                condition=Q(state="draft", approved_at=None, starts_at=None)
                | Q(state="cancelled")
                | ~Q(state="draft") & Q(approved_at__isnull=False, starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_ended_in_its_ends",
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | ~Q(state__in=["done", "cancelled"]) & Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="campaign_cancelled_at_when_it_was",
                condition=Q(state__in=["draining", "cancelled"], cancelled_at__isnull=False)
                | ~Q(state__in=["draining", "cancelled"]) & Q(cancelled_at=None),
            ),
            models.CheckConstraint(
                name="campaign_numbers_add_up",
                condition=Q(audience=None, sent=None, bounced=None, suppressed=None, uncertain=None, withdrawn=None)
                | Q(audience=F("sent") + F("bounced") + F("suppressed") + F("uncertain") + F("withdrawn")),
            ),
        ]
        indexes = [
            models.Index(  # the worker
                name="campaign_under_way",
                fields=["starts_at"],
                condition=Q(state__in=["approved", "materialising", "sending", "draining"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title
