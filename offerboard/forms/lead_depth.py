"""The part of the lead form that many leads leave out: details of the goods, prices by quantity, documents."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_countries import countries

from offerboard import presentation
from offerboard.codes import Samples
from offerboard.forms.lead_fields import DaysField, FilesField, OpenChoiceField, OpenField, OpenLineField
from offerboard.forms.tiers import TiersField, in_row
from offerboard.limits import LEAD_TIME_DAYS
from offerboard.models import Lead, LeadDocument, PriceTier
from offerboard.services.documents import Paper, read_documents
from offerboard.services.leads import BRAND, MODEL, PACKAGING
from offerboard.tiers import (
    BeyondTheQuantity,
    DearerInBulk,
    NotTheLeadsPrice,
    OfABuyInquiry,
    SameQuantity,
    Tier,
    TiersRefused,
    check_with_lead,
    in_order,
)

NOT_IN_LIST = {"invalid_choice": _("Choose one from the list.")}
MORE = ("brand", "model", "packaging", "samples", "lead_time_days", "destinations", "documents", "remove_documents")
DAYS = _("Enter a whole number of days from 0 to 1,000.")
TOO_LONG = _("Please shorten this to %(limit_value)s characters; it has %(show_value)s.")

TIERS_REFUSED = {
    SameQuantity: _("Two rows start from the same quantity. Keep one of them."),
    DearerInBulk: _("A larger quantity costs more here than a smaller one. Check the prices."),
    OfABuyInquiry: _("A buy inquiry has one target price. Empty these rows, or choose “Sell”."),
    NotTheLeadsPrice: _("The first row must have the lead’s price, as it is the smallest quantity’s."),
}


class OpenDaysField(OpenField, DaysField):
    """A number of days that may stay empty."""


class OpenCountriesField(OpenField, forms.MultipleChoiceField):
    """Any number of countries, each once."""

    def to_python(self, value: Any) -> list[str]:
        """Their codes, in the order in which they came."""
        return list(dict.fromkeys(super().to_python(value)))


class LeadDepthForm(forms.Form):
    """Everything in it may stay open. `lead` is the one being changed."""

    tiers = TiersField(
        label=_("Prices by quantity"),
        required=False,
        template_name="offerboard/field_tiers.html",
        help_text=_("If more costs less: the price of one unit from each quantity on, smallest quantity first."),
    )
    brand = OpenLineField(label=_("Brand"), longest=BRAND, too_long=TOO_LONG)
    model = OpenLineField(label=_("Model"), longest=MODEL, too_long=TOO_LONG)
    packaging = OpenLineField(
        label=_("Packaging"),
        longest=PACKAGING,
        too_long=TOO_LONG,
        help_text=_("Such as: bags of 60 kg, 320 bags in a container."),
    )
    samples = OpenChoiceField(
        label=_("Samples"),
        choices=[("", _("Not stated")), *Samples.choices],
        help_text=_("Whether buyers can try the goods first."),
        error_messages=NOT_IN_LIST,
    )
    lead_time_days = OpenDaysField(
        label=_("Lead time (days)"),
        allowed=LEAD_TIME_DAYS,
        help_text=_("From the order to the loading. 0: in stock."),
        error_messages={"invalid": DAYS},
    )
    destinations = OpenCountriesField(  # type: ignore[call-arg]  # the stubs do not know template_name yet
        label=_("Destination countries"),
        choices=lambda: list(countries),
        widget=forms.CheckboxSelectMultiple,
        template_name="offerboard/field_countries.html",
        help_text=_("Where you sell to, or where the goods shall go. Leave it open if any country will do."),
        error_messages={"invalid_choice": _("Choose countries from the list.")},
    )
    documents = FilesField(
        label=_("Documents"),
        required=False,
        accept="application/pdf,image/jpeg,image/png,image/webp",
        help_text=_(
            "Specification, certificate: up to 5 PDFs or pictures, 10 MB each. They become public with the lead."
        ),
    )
    remove_documents = forms.ModelMultipleChoiceField(
        LeadDocument.objects.none(), label=_("Remove documents"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, lead: Lead | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.papers: list[Paper] = []
        if lead:
            self.fields["remove_documents"].queryset = lead.documents.all()  # type: ignore[attr-defined]

    @property
    def tiers_are_open(self) -> bool:
        """Whether the folded rows of prices hold something to see."""
        return _holds_something(self["tiers"])

    @property
    def more_is_open(self) -> bool:
        """Whether the folded section of details holds something to see."""
        return any(_holds_something(self[name]) for name in MORE)

    def clean_documents(self) -> None:
        """Keep the usable documents in `papers`, whatever else is wrong."""
        files = self.cleaned_data["documents"]
        self.papers, refused = read_documents(files[: LeadDocument.MOST])
        if left_out := [file.name for file in files[LeadDocument.MOST :]]:
            refused.append(no_room_for_documents(left_out))
        if refused:
            raise ValidationError(refused)

    def clean_tiers(self) -> tuple[Tier, ...]:
        """Growing quantities, each once, at prices that do not grow."""
        try:
            return in_order(self.cleaned_data["tiers"])
        except TiersRefused as refusal:
            raise _refused(refusal) from refusal

    def fill_price(self, data: dict[str, Any]) -> None:
        """Without a price of its own, the lead costs what its smallest quantity costs."""
        tiers: Sequence[Tier] = data.get("tiers") or ()
        if tiers and data.get("price") is None and "price" not in self.errors and not data.get("price_on_request"):
            data["price"] = tiers[0].price

    def check_tiers(self, data: dict[str, Any]) -> None:
        """Whether the tiers go with the rest, asked of what is to be published."""
        tiers: Sequence[Tier] = data.get("tiers") or ()
        if tiers and data.get("price_on_request"):
            both = _("Either give prices or tick “Price on request”, not both.")
            self.add_error("tiers", ValidationError(both, code="both"))
            return
        try:
            check_with_lead(tiers, kind=data.get("kind"), price=data.get("price"), quantity=data.get("quantity"))
        except BeyondTheQuantity:
            if beyond := self._beyond_the_quantity(data):
                self.add_error("tiers", ValidationError(beyond))
        except TiersRefused as refusal:
            self.add_error("tiers", _refused(refusal))

    def readable_tiers(self) -> tuple[Tier, ...]:
        """The rows a draft can hold though something is wrong with them: those that can be read, each quantity once."""
        by_quantity: dict[Decimal, Tier] = {}
        for tier in self._typed_tiers().values():
            by_quantity.setdefault(tier.quantity, tier)
        return tuple(sorted(list(by_quantity.values())[: PriceTier.MOST]))

    def keeps_all_tiers(self) -> bool:
        """Whether `readable_tiers` are all the rows in which something is typed."""
        typed = [row for row in self["tiers"].data or [] if any(str(part).strip() for part in row)]
        return len(typed) == len(self.readable_tiers())

    def _typed_tiers(self) -> dict[int, Tier]:
        field = self.fields["tiers"]
        return field.readable(self["tiers"].data) if isinstance(field, TiersField) else {}

    def _beyond_the_quantity(self, data: dict[str, Any]) -> list[Any]:
        quantity, unit = data["quantity"], data.get("unit")
        if not unit:
            return []
        offered = presentation.quantity(quantity, unit)
        words = _("You offer %(offered)s; this price is for %(least)s and more.")
        return [
            in_row(number, words % {"offered": offered, "least": presentation.quantity(tier.quantity, unit)})
            for number, tier in self._typed_tiers().items()
            if tier.quantity > quantity
        ]


def _refused(refusal: TiersRefused) -> ValidationError:
    return ValidationError(TIERS_REFUSED[type(refusal)], code=type(refusal).__name__)


def _holds_something(field: forms.BoundField) -> bool:
    return bool(field.errors) or field.value() not in (None, "", [], ())


def no_room_for_documents(names: list[str]) -> str:
    """What to tell about documents beyond the fifth."""
    words = {"most": LeadDocument.MOST, "names": ", ".join(names)}
    return (
        ngettext(
            "A lead has room for %(most)d documents. This one was left out: %(names)s.",
            "A lead has room for %(most)d documents. These were left out: %(names)s.",
            len(names),
        )
        % words
    )
