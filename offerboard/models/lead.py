"""The lead: a sell offer or a buy inquiry."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from directory.models import EDITORS, Category, Company
from offerboard.codes import CURRENCIES, UNIT_CHOICES, Condition, Incoterm, PaymentTerms, Samples

RANK_SEQUENCE = "offerboard_lead_rank"


class LeadQuerySet(models.QuerySet["Lead"]):
    """The questions asked about leads; each chains onto the next."""

    def public(self, *, at: datetime, posted_by: datetime | None = None) -> Self:
        """What the world may see; expiry needs no job to be true. `posted_by` is `at` unless said otherwise."""
        return self.filter(
            state=Lead.State.PUBLISHED,
            hidden=False,  # by staff, or with its author or its company
            posted_at__lte=posted_by or at,
            expires_at__gt=at,
        )

    def drafts(self) -> Self:
        """Not yet on the board."""
        return self.filter(state=Lead.State.DRAFT)

    def open(self) -> Self:
        """Left the drafts and not closed: on the board, before staff, paused or rejected."""
        return self.exclude(state__in=[Lead.State.DRAFT, Lead.State.CLOSED])

    def expired(self, *, at: datetime) -> Self:
        """Were on the board and may return to it by renewal; a pause does not stop the clock."""
        return self.filter(state__in=[Lead.State.PUBLISHED, Lead.State.PAUSED], expires_at__lte=at)

    def editable_by(self, member_id: int | None) -> Self:
        """Leads of the companies in which the person is owner or editor."""
        return self.filter(company__team__member_id=member_id, company__team__role__in=EDITORS)

    def visible_to(self, member_id: int | None) -> Self:
        """Leads of the companies in which the person has any role."""
        return self.filter(company__team__member_id=member_id)

    def newest_first(self) -> Self:
        """The board's order, which the keyset of the next page relies on."""
        return self.order_by("-rank")


class LastOf(Func):
    """The last element of an array of ids, or 0: an unknown would satisfy any constraint."""

    template = "coalesce((%(expressions)s)[cardinality(%(expressions)s)], 0)"
    output_field = models.BigIntegerField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:
        """The array stands in it twice, and so do its values."""
        sql, values = super().as_sql(*args, **kwargs)
        return sql, [*values, *values]


class NextRank(Func):
    """A place on the board above all others; each is drawn once."""

    template = f"nextval('{RANK_SEQUENCE}')"
    output_field = models.BigIntegerField()


class Lead(models.Model):
    """One company's offer to sell or inquiry to buy, public from publication to expiry."""

    class Kind(models.TextChoices):
        """Which way the goods go."""

        SELL_OFFER = "sell_offer", _("Sell offer")
        BUY_INQUIRY = "buy_inquiry", _("Buy inquiry")

    class State(models.TextChoices):
        """draft → (pending →) published ⇄ paused; each of the last three → rejected → pending; all but drafts → closed.

        Where leads are reviewed first, a change makes a published lead pending, resuming makes a paused one pending.
        Expiry is a time, not a state.
        """

        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waiting for review")
        PUBLISHED = "published", _("Published")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")
        REJECTED = "rejected", _("Rejected")

    class Hold(models.TextChoices):
        """Why a lead is hidden whatever its state; several can stand at once."""

        MODERATION = "moderation", _("hidden by staff")
        MEMBER = "member", _("its author is suspended")
        COMPANY = "company", _("its company is not listed")
        LEAVING = "leaving", _("its author is leaving")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="leads")
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    submission = models.UUIDField(unique=True, default=uuid4, editable=False)  # of two clicks, one posts
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=90)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # A draft may lack what every other lead has (lead_complete_unless_draft); only its own company sees drafts.
    title = models.CharField(_("title"), max_length=160, blank=True)
    description = models.TextField(_("description"), max_length=8000, blank=True)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="leads", verbose_name=_("category")
    )
    category_path = ArrayField(  # copied from the category, for search
        models.BigIntegerField(), verbose_name=_("category’s path"), default=list, blank=True, editable=False
    )
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True, help_text=_("Digits only."))
    hs_edition = models.PositiveSmallIntegerField(_("HS edition"), default=2022)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=15,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = models.CharField(
        _("unit"), max_length=3, choices=UNIT_CHOICES, blank=True, help_text=_("UN/ECE Recommendation 20.")
    )
    price = models.DecimalField(
        _("price"),
        max_digits=16,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text=_("Of one unit; empty means on request."),
    )
    price_on_request = models.BooleanField(
        _("price on request"), default=False, help_text=_("On drafts, tells an answer from a missing one.")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, choices=[(code, code) for code in CURRENCIES])
    incoterm = models.CharField(_("Incoterms 2020"), max_length=3, choices=Incoterm, blank=True)
    place = models.CharField(_("named place"), max_length=100, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=12, choices=PaymentTerms, blank=True)
    condition = models.CharField(_("condition"), max_length=12, choices=Condition, blank=True)
    origin = CountryField(_("country of origin"), blank=True, help_text=_("On a buy inquiry: the origin wanted."))
    destinations = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("destination countries"),
        default=list,
        blank=True,
        help_text=_("ISO 3166-1 alpha-2. Where a seller delivers to, or where a buyer wants the goods."),
    )
    samples = models.CharField(_("samples"), max_length=4, choices=Samples, blank=True)
    packaging = models.CharField(_("packaging"), max_length=200, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(
        _("lead time (days)"), null=True, blank=True, help_text=_("From the order until the goods are ready.")
    )
    country = CountryField(_("company’s country"), help_text=_("Copied from the company, for search."))
    language = models.CharField(_("language"), max_length=12, default="en")
    valid_days = models.PositiveSmallIntegerField(_("valid for (days)"), default=30)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    holds = ArrayField(models.CharField(max_length=12, choices=Hold), default=list, blank=True)
    hidden = models.GeneratedField(
        expression=~Q(holds=[]),  # type: ignore[arg-type]  # a Q is an expression too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    rejection = models.TextField(_("why it was rejected"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("changed at"))
    posted_at = models.DateTimeField(_("posted at"), null=True, blank=True, help_text=_("Moves on renewal."))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    rank = models.BigIntegerField(  # of RANK_SEQUENCE, the newest is highest; moves on renewal
        _("place on the board"), null=True, blank=True, editable=False
    )
    renewals = models.PositiveSmallIntegerField(_("renewals"), default=0)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.CheckConstraint(name="lead_kind_known", condition=Q(kind__in=["sell_offer", "buy_inquiry"])),
            models.CheckConstraint(
                name="lead_state_known",
                condition=Q(state__in=["draft", "pending", "published", "paused", "closed", "rejected"]),
            ),
            models.CheckConstraint(
                name="lead_holds_known", condition=Q(holds__contained_by=["moderation", "member", "company", "leaving"])
            ),
            models.CheckConstraint(
                name="lead_posted_before_expiry", condition=Q(posted_at=None) | Q(posted_at__lt=F("expires_at"))
            ),
            models.CheckConstraint(
                name="lead_published_has_dates",
                condition=~Q(state__in=["published", "paused"])
                | Q(posted_at__isnull=False, expires_at__isnull=False, rank__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_complete_unless_draft",
                condition=Q(state="draft")
                | ~Q(title="")
                & ~Q(description="")
                & Q(category__isnull=False, quantity__isnull=False)
                & ~Q(unit="")
                & (Q(kind="buy_inquiry") | ~Q(origin="")),
            ),
            models.CheckConstraint(
                name="lead_incoterm_has_place", condition=Q(state="draft") | Q(incoterm="") | ~Q(place="")
            ),
            models.CheckConstraint(
                name="lead_path_ends_in_category",
                condition=Q(category=None, category_path=[]) | Q(category=LastOf("category_path")),
            ),
            models.CheckConstraint(name="lead_samples_known", condition=Q(samples__in=["", *Samples.values])),
            models.CheckConstraint(
                name="lead_lead_time", condition=Q(lead_time_days=None) | Q(lead_time_days__range=(0, 1000))
            ),
            models.CheckConstraint(name="lead_quantity_positive", condition=Q(quantity=None) | Q(quantity__gt=0)),
            models.CheckConstraint(name="lead_price_positive", condition=Q(price=None) | Q(price__gt=0)),
            models.CheckConstraint(
                name="lead_price_has_currency",
                condition=Q(state="draft") | Q(price=None, currency="") | Q(price__isnull=False) & ~Q(currency=""),
            ),
            models.CheckConstraint(name="lead_valid_days", condition=Q(valid_days__range=(1, 365))),
            models.CheckConstraint(name="lead_incoterm_known", condition=Q(incoterm__in=["", *Incoterm.values])),
            models.CheckConstraint(
                name="lead_payment_known", condition=Q(payment_terms__in=["", *PaymentTerms.values])
            ),
            models.CheckConstraint(name="lead_condition_known", condition=Q(condition__in=["", *Condition.values])),
            models.CheckConstraint(name="lead_rejected_has_reason", condition=~Q(state="rejected") | ~Q(rejection="")),
        ]
        indexes = [
            models.Index(  # my leads, and those of one's own that are alike: last changed first
                name="lead_company_changed", fields=["company", "-updated_at", "-slug"]
            ),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Untitled draft")

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("offerboard:lead", args=[self.slug])

    def may_return(self, *, at: datetime) -> bool:
        """Whether the lead can be renewed at all: it is on the board, or has expired."""
        if self.expires_at is None:
            return False
        return self.state == self.State.PUBLISHED or (self.state == self.State.PAUSED and self.expires_at <= at)

    def runs_its_full_time(self, *, at: datetime) -> bool:
        """Whether a renewal would add less than a day; it leads to the top of the board, so once a day is enough."""
        ends = self.expires_at
        return ends is not None and at + timedelta(days=self.valid_days) - ends < timedelta(days=1)

    def is_public(self, *, at: datetime) -> bool:
        """The same rule as `LeadQuerySet.public`, for a lead already in hand."""
        return (
            self.state == self.State.PUBLISHED
            and not self.holds
            and self.posted_at is not None
            and self.expires_at is not None
            and self.posted_at <= at < self.expires_at
        )
