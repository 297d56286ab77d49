"""What a member keeps an eye on: leads, companies, and searches to run again."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from mailings.times import Frequency
from offerboard.codes import CURRENCIES, UNIT_CHOICES, Condition, Incoterm
from offerboard.models.lead import Lead


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    """The questions asked about favourites; each chains onto the next."""

    def of_member(self, member_id: int | None) -> Self:
        """What this person watches."""
        return self.filter(member=member_id)

    def of_leads(self) -> Self:
        """Leads, not companies."""
        return self.exclude(lead=None)

    def of_companies(self) -> Self:
        """Companies, not leads."""
        return self.exclude(company=None)


class Favourite(models.Model):
    """A lead or a company that a member watches. Nothing of it is copied: what stops being public shows nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="favourites")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(_("watched since"))

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.CheckConstraint(
                name="favourite_of_one_thing",
                condition=Q(lead=None, company__isnull=False) | Q(lead__isnull=False, company=None),
            ),
            models.UniqueConstraint(name="favourite_lead_once", fields=["member", "lead"]),
            models.UniqueConstraint(name="favourite_company_once", fields=["member", "company"]),
        ]
        indexes = [
            models.Index(name="favourite_newest", fields=["member", "-created_at", "-id"]),  # /my/watching/
        ]

    def __str__(self) -> str:
        return f"{self.lead or self.company}"


class TsQueryField(models.TextField):  # type: ignore[type-arg]
    """PostgreSQL's own type for what a document is asked, read and written as text."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # there is one kind of database
        """The name of the type."""
        return "tsquery"


class SavedSearch(models.Model):
    """The board's filters under a name. Typed columns, so that a new lead can be held against a million of them.

    `offerboard.saved_filters` alone turns filters into columns and back. An empty column asks nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    words = models.CharField(_("words"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Lead.Kind, blank=True)
    categories = ArrayField(models.BigIntegerField(), verbose_name=_("categories"), default=list, blank=True)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    # With the company goes the search: without it, it would ask for the leads of all companies.
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    price_from = models.DecimalField(_("price from"), max_digits=17, decimal_places=4, null=True, blank=True)
    price_to = models.DecimalField(_("price to"), max_digits=17, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, choices=[(code, code) for code in CURRENCIES])
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=3, choices=UNIT_CHOICES, blank=True)
    conditions = ArrayField(models.CharField(max_length=12, choices=Condition), default=list, blank=True)
    incoterms = ArrayField(models.CharField(max_length=3, choices=Incoterm), default=list, blank=True)
    verified = models.BooleanField(_("verified companies only"), default=False)
    fingerprint = models.CharField(max_length=64, editable=False, help_text=_("SHA-256 of the columns above."))
    frequency = models.CharField(  # off until its member chooses otherwise
        _("mails"), max_length=7, choices=Frequency, default=Frequency.OFF
    )
    query = TsQueryField(  # of words and marks, by offerboard.matching, for as long as mails are sent
        null=True, editable=False, help_text=_("What a lead’s document must hold.")
    )
    created_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(name="saved_search_once", fields=["member", "fingerprint"]),  # of two clicks
            models.CheckConstraint(name="saved_search_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="saved_search_frequency_known", condition=Q(frequency__in=["instant", "daily", "weekly", "off"])
            ),
            models.CheckConstraint(  # written together with its keys
                name="saved_search_mails_what_it_asks", condition=Q(frequency="off") | Q(query__isnull=False)
            ),
            models.CheckConstraint(
                name="saved_search_kind_known", condition=Q(kind__in=["", "sell_offer", "buy_inquiry"])
            ),
            models.CheckConstraint(
                name="saved_search_conditions_known", condition=Q(conditions__contained_by=Condition.values)
            ),
            models.CheckConstraint(
                name="saved_search_incoterms_known", condition=Q(incoterms__contained_by=Incoterm.values)
            ),
            models.CheckConstraint(
                name="saved_search_price_has_currency",
                condition=Q(price_from=None, price_to=None) | ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="saved_search_price_range",
                condition=Q(price_from=None) | Q(price_to=None) | Q(price_from__lte=F("price_to")),
            ),
            models.CheckConstraint(name="saved_search_quantity_has_unit", condition=Q(quantity=None) | ~Q(unit="")),
        ]
        indexes = [
            models.Index(name="saved_search_newest", fields=["member", "-created_at", "-id"]),  # /my/searches/
        ]

    def __str__(self) -> str:
        return self.name
