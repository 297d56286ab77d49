"""Companies that ask to pull listings."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from partners.models.partner import Partner
from partners.scopes import OF_PARTNERS, Scope


class PartnerApplication(models.Model):
    """What a company asks for on the page about partners, and what staff decided."""

    class State(models.TextChoices):
        """received → accepted | declined."""

        RECEIVED = "received", _("received")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    submission = models.UUIDField(unique=True, editable=False)  # tells a second press from a second application
    company = models.CharField(_("company"), max_length=200)
    website = models.URLField(_("website"))
    country = CountryField(_("country"))
    contact_name = models.CharField(_("contact’s name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    purpose = models.TextField(_("what for"), max_length=4000)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("which data"))
    language = models.CharField(_("language"), max_length=12, default="en")  # of our answers
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), max_length=4000, blank=True)
    partner = models.OneToOneField(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="application",
        verbose_name=_("partner"),
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                name="application_state_known",
                condition=Q(state="received", decided_at=None, partner=None, reason="")
                | Q(state="accepted", decided_at__isnull=False, partner__isnull=False)
                | (Q(state="declined", decided_at__isnull=False, partner=None) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="application_scopes_known",
                condition=~Q(scopes=[]) & Q(scopes__contained_by=sorted(OF_PARTNERS)),
            ),
        ]
        indexes = [
            models.Index(  # what waits for staff
                name="application_waiting", fields=["received_at"], condition=Q(state="received")
            ),
        ]

    def __str__(self) -> str:
        return self.company
