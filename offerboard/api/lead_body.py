"""What programs send about a lead: the fields of the API, read by the rules of the form on the website."""

from typing import Any

from rest_framework import serializers

from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm, PaymentTerms, Samples
from offerboard.forms.lead import LeadForm, filled_form, stored_values
from offerboard.models import Lead, PriceTier
from partners.problems import Fault, Problem, bad_body

OTHER_NAMES = {"tiers": "price_tiers"}  # of the form's fields, as the API calls them


class TierBody(serializers.Serializer[Any]):
    """A price from some quantity on."""

    min_quantity = serializers.CharField(max_length=30)
    price = serializers.CharField(max_length=30)


class LeadBody(serializers.Serializer[Any]):
    """The fields of a lead; amounts are text. What is not sent stays as it is, or open."""

    kind = serializers.ChoiceField(choices=Lead.Kind.values)
    title = serializers.CharField(allow_blank=True, max_length=1000)
    description = serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False)
    category = serializers.CharField(max_length=90, help_text="The id of a category that lies in another one.")
    origin = serializers.CharField(allow_blank=True, max_length=2)
    hs_code = serializers.CharField(allow_blank=True, max_length=20)
    condition = serializers.ChoiceField(choices=Condition.values, allow_blank=True)
    quantity = serializers.CharField(max_length=30)
    unit = serializers.ChoiceField(choices=list(UNITS))
    price = serializers.CharField(allow_blank=True, allow_null=True, max_length=30)
    currency = serializers.ChoiceField(choices=list(CURRENCIES), allow_blank=True)
    price_on_request = serializers.BooleanField()
    price_tiers = serializers.ListField(child=TierBody(), max_length=PriceTier.MOST)
    incoterm = serializers.ChoiceField(choices=Incoterm.values, allow_blank=True)
    place = serializers.CharField(allow_blank=True, max_length=1000)
    payment_terms = serializers.ChoiceField(choices=PaymentTerms.values, allow_blank=True)
    valid_days = serializers.IntegerField()
    brand = serializers.CharField(allow_blank=True, max_length=1000)
    model = serializers.CharField(allow_blank=True, max_length=1000)
    destinations = serializers.ListField(child=serializers.CharField(max_length=2), max_length=250)
    samples = serializers.ChoiceField(choices=Samples.values, allow_blank=True)
    packaging = serializers.CharField(allow_blank=True, max_length=1000)
    lead_time_days = serializers.IntegerField(allow_null=True)
    publish = serializers.BooleanField(help_text="false keeps a new lead as a draft.")


def form_of(body: dict[str, Any], *, lead: Lead | None, for_draft: bool) -> LeadForm:
    """The form as if what the lead says, with what is sent in its place, had been typed. Raises Problem."""
    values: dict[str, Any] = {"valid_days": 30} if lead is None else stored_values(lead)
    values |= {name: value for name, value in body.items() if name not in {"publish", "price_tiers"}}
    if "price_tiers" in body:
        values["tiers"] = [(tier.get("min_quantity", ""), tier.get("price", "")) for tier in body["price_tiers"]]
    if "price" in body and "price_on_request" not in body:
        values["price_on_request"] = body["price"] in (None, "")
    form = filled_form(values, lead=lead, for_draft=for_draft)
    if form.errors:
        raise refused(form)
    return form


def refused(form: LeadForm) -> Problem:
    """What is wrong, by the API's names."""
    return bad_body(
        Fault("body", OTHER_NAMES.get(name, name).replace("__all__", ""), str(message))
        for name, messages in form.errors.items()
        for message in messages
    )
