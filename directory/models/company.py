"""The company: what the directory lists and what leads belong to."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField

from directory.codes import BusinessType, HeadcountBand, TurnoverBand
from directory.models.category import Category


class CompanyQuerySet(models.QuerySet["Company"]):
    """The questions asked about companies; each chains onto the next."""

    def listed(self) -> Self:
        """What the world may see."""
        return self.filter(state=Company.State.LISTED)

    def of_member(self, member_id: int | None) -> Self:
        """The companies a person acts for."""
        return self.filter(team__member_id=member_id)

    def matching(self, words: str) -> Self:
        """Companies whose names, place or description hold all the words; accents do not matter.

        The last word may be unfinished. Quotation marks and minus signs work as search engines use them.
        """
        query = SearchQuery(words, config="market_words", search_type="websearch")
        *finished, last = words.split() or [""]
        if last.isalnum() and words.count('"') % 2 == 0:  # a tsquery operator in it would be an error of syntax
            beginning = SearchQuery(f"{last}:*", config="market_words", search_type="raw")
            if finished:
                others = SearchQuery(" ".join(finished), config="market_words", search_type="websearch")
                beginning = others & beginning
            query |= beginning
        return self.filter(search=query)


class Company(models.Model):
    """A business that trades here; public while listed."""

    class State(models.TextChoices):
        """draft → listed ⇄ hidden (by its owner); any → suspended (by staff) → as before; any → closed, for good."""

        DRAFT = "draft", _("waiting for its owner’s e-mail confirmation")
        LISTED = "listed", _("listed")
        HIDDEN = "hidden", _("hidden by its owner")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed: it has left, and only its threads are here")

    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=90)
    legal_name = models.CharField(_("company name"), max_length=200)
    trade_name = models.CharField(_("trade name"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    country = CountryField(_("country"))
    region = models.CharField(_("region or state"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=300)
    phone = PhoneNumberField(_("phone"))
    fax = PhoneNumberField(_("fax"), blank=True)
    website = models.URLField(_("website"), blank=True, validators=[URLValidator(schemes=["http", "https"])])
    business_types = ArrayField(
        models.CharField(max_length=20, choices=BusinessType),
        verbose_name=_("business types"),
        default=list,
        blank=True,
    )
    industries = models.ManyToManyField(Category, verbose_name=_("industries"), blank=True, related_name="companies")
    turnover_band = models.CharField(_("turnover a year"), max_length=10, choices=TurnoverBand, blank=True)
    headcount_band = models.CharField(_("people"), max_length=10, choices=HeadcountBand, blank=True)
    year_established = models.PositiveSmallIntegerField(
        _("established"), null=True, blank=True, validators=[MinValueValidator(1500), MaxValueValidator(2100)]
    )
    main_markets = ArrayField(models.CharField(max_length=2), verbose_name=_("main markets"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("languages"), default=list, blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    suspended_from = models.CharField(  # so that lifting a suspension does not publish what its owner had hidden
        _("state before the suspension"), max_length=10, choices=State, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("joined at"))
    updated_at = models.DateTimeField(_("changed at"))
    search = models.GeneratedField(
        expression=(
            SearchVector("legal_name", weight="A", config="market_words")
            + SearchVector("trade_name", weight="A", config="market_words")
            + SearchVector("city", weight="B", config="market_words")
            + SearchVector("description", weight="C", config="market_words")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                name="company_state_known", condition=Q(state__in=["draft", "listed", "hidden", "suspended", "closed"])
            ),
            models.CheckConstraint(
                name="company_suspended_from_known",
                condition=Q(suspended_from="") | Q(state="suspended", suspended_from__in=["draft", "listed", "hidden"]),
            ),
            models.CheckConstraint(
                name="company_headcount_known", condition=Q(headcount_band__in=["", *HeadcountBand.values])
            ),
            models.CheckConstraint(
                name="company_turnover_known", condition=Q(turnover_band__in=["", *TurnoverBand.values])
            ),
            models.CheckConstraint(
                name="company_business_types_known", condition=Q(business_types__contained_by=BusinessType.values)
            ),
            models.CheckConstraint(
                name="company_year_plausible",
                condition=Q(year_established=None) | Q(year_established__range=(1500, 2100)),
            ),
        ]
        indexes = [
            models.Index(  # /companies/
                name="company_newest", fields=["-created_at", "-id"], condition=Q(state="listed")
            ),
            models.Index(  # /companies/ by name
                Lower("legal_name"), "id", name="company_by_name", condition=Q(state="listed")
            ),
            models.Index(name="company_country", fields=["country"], condition=Q(state="listed")),  # its country filter
            GinIndex(name="company_search", fields=["search"], condition=Q(state="listed")),  # its words
        ]

    def __str__(self) -> str:
        return self.legal_name

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("directory:company", args=[self.slug])
