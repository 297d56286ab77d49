"""What programs send about a lead: the fields of the API, read by the rules of the form on the website."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

from offerboard.amounts import write_amount
from offerboard.api.amount import Amount
from offerboard.api.refused import refused
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm, PaymentTerms, Samples
from offerboard.forms.lead import LeadForm, filled_form, stored_values
from offerboard.limits import LEAD_TIME_DAYS, VALID_DAYS
from offerboard.models import Lead, PriceTier
from offerboard.services.leads import LeadDetails
from partners.bodies import FewItems

OPEN: Mapping[str, Any] = {"required": False, "allow_blank": True, "allow_null": True}
NOT_LONGER = 1000  # characters that are looked at; the form knows how many a line may have


class TierBody(serializers.Serializer[Any]):
    """A price from some quantity on."""

    min_quantity = Amount(help_text="From which on the price holds, in the lead’s unit.")
    price = Amount(help_text="Of one unit, in the lead’s currency.")


class LeadChange(serializers.Serializer[Any]):
    """What a lead says. What is not sent stays as it is, or open; what may be null is emptied by it."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "publish": "is for new leads. A draft is put on the board by POST /api/v1/me/leads/<id>/publish/, "
        "a lead is taken off it by …/pause/."
    }

    kind = serializers.ChoiceField(
        required=False,
        choices=Lead.Kind.values,
        help_text="Which way the goods go. Needed to publish; a draft without it is a sell offer.",
    )
    title = serializers.CharField(
        **OPEN, max_length=NOT_LONGER, help_text="What is offered or wanted, in a line. Needed to publish."
    )
    description = serializers.CharField(
        **OPEN,
        max_length=20_000,
        trim_whitespace=False,
        help_text="Plain text; lines are parted by newlines. Needed to publish.",
    )
    category = serializers.CharField(
        **OPEN, max_length=90, help_text="The id of a category that lies in another one. Needed to publish."
    )
    origin = serializers.CharField(
        **OPEN,
        max_length=2,
        help_text="Where the goods come from, ISO 3166-1 alpha-2. Needed to publish a sell offer; in a buy inquiry, "
        "the origin that is wanted.",
    )
    hs_code = serializers.CharField(
        **OPEN, max_length=20, help_text="Of the Harmonized System; points and spaces are left out."
    )
    condition = serializers.ChoiceField(**OPEN, choices=Condition.values, help_text="In what state the goods are.")
    quantity = Amount(
        required=False, allow_null=True, help_text="How much is offered or wanted, in `unit`. Needed to publish."
    )
    unit = serializers.ChoiceField(
        **OPEN, choices=list(UNITS), help_text="Of the quantity: UN/ECE Recommendation 20. Needed to publish."
    )
    price = Amount(
        required=False,
        allow_null=True,
        help_text="Of one unit. null is “on request”. Needed to publish, as a number, as null or by `price_tiers`.",
    )
    currency = serializers.ChoiceField(
        **OPEN, choices=list(CURRENCIES), help_text="Of all prices, ISO 4217. Needed with a price."
    )
    price_on_request = serializers.BooleanField(
        required=False,
        write_only=True,
        help_text="Whether the price is told on request. Without it, a `price` of null says so.",
    )
    price_tiers = FewItems(
        required=False,
        allow_null=True,
        child=TierBody(),
        max_length=PriceTier.MOST,
        help_text="What one unit costs from some quantity on, of sell offers; the smallest quantity costs the `price`.",
    )
    incoterm = serializers.ChoiceField(**OPEN, choices=Incoterm.values, help_text="Incoterms 2020.")
    place = serializers.CharField(
        **OPEN, max_length=NOT_LONGER, help_text="The place that the Incoterms rule names. Needed with `incoterm`."
    )
    payment_terms = serializers.ChoiceField(
        **OPEN, choices=PaymentTerms.values, help_text="How and when the buyer pays."
    )
    valid_days = serializers.IntegerField(
        required=False,
        write_only=True,
        min_value=VALID_DAYS[0],
        max_value=VALID_DAYS[-1],
        help_text="How many days it is on the board, counted from its posting: 30 for a new lead. `valid_until` says "
        "when they end.",
    )
    brand = serializers.CharField(**OPEN, max_length=NOT_LONGER, help_text="The goods’ brand.")
    model = serializers.CharField(**OPEN, max_length=NOT_LONGER, help_text="The goods’ model.")
    destinations = FewItems(
        required=False,
        allow_null=True,
        child=serializers.CharField(max_length=2),
        max_length=250,
        help_text="Where a seller delivers to, or a buyer wants the goods; ISO 3166-1 alpha-2.",
    )
    samples = serializers.ChoiceField(
        **OPEN, choices=Samples.values, help_text="Whether a sample can be had, or is wanted."
    )
    packaging = serializers.CharField(**OPEN, max_length=NOT_LONGER, help_text="How the goods are packed.")
    lead_time_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=LEAD_TIME_DAYS[0],
        max_value=LEAD_TIME_DAYS[-1],
        help_text="From the order until the goods are ready; 0 is in stock.",
    )


class LeadBody(LeadChange):
    """A new lead. On the board it needs what the website's form asks for; a draft needs nothing."""

    elsewhere: ClassVar[Mapping[str, str]] = {}

    publish = serializers.BooleanField(
        required=False,
        write_only=True,
        default=True,
        help_text="Whether it goes on the board at once; false keeps it as a draft. `state` says what became of it.",
    )


def form_of(body: Mapping[str, Any], *, lead: Lead | None, for_draft: bool) -> LeadForm:
    """The form as if what the lead says, with what is sent in its place, had been typed. Raises Problem."""
    values: dict[str, Any] = {"valid_days": LeadDetails().valid_days} if lead is None else stored_values(lead)
    values |= {name: _typed(value) for name, value in body.items() if name not in {"publish", "price_tiers"}}
    if "price_tiers" in body:
        values["tiers"] = [(_typed(tier["min_quantity"]), _typed(tier["price"])) for tier in body["price_tiers"] or ()]
    if "price" in body and "price_on_request" not in body:
        values["price_on_request"] = body["price"] is None
    form = filled_form(values, lead=lead, for_draft=for_draft)
    if form.errors:
        raise refused(form)
    return form


def _typed(value: Any) -> Any:
    """An amount as the form reads it in one way only; anything else as it is."""
    return write_amount(value) if isinstance(value, Decimal) else value
