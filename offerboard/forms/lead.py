"""What a company fills in about its lead; a draft may leave out almost anything."""

import uuid
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from directory import hs
from offerboard.codes import (
    CURRENCIES,
    NAMED_PLACES,
    UNIT_CHOICES,
    Condition,
    Incoterm,
    PaymentTerms,
    currency_name,
)
from offerboard.forms.amount import AmountField
from offerboard.forms.hs_code import HsCodeField
from offerboard.forms.lead_depth import LeadDepthForm
from offerboard.forms.lead_fields import (
    CategoryField,
    DaysField,
    FilesField,
    LineField,
    OpenAmountField,
    OpenChoiceField,
    TextField,
)
from offerboard.limits import MOST_AMOUNT, PRICE_PLACES, QUANTITY_PLACES, VALID_DAYS
from offerboard.models import Lead, LeadPicture
from offerboard.services.leads import DESCRIPTION, PLACE, TITLE, LeadDetails
from offerboard.services.pictures import Upload, read_uploads


def _currencies() -> list[tuple[str, Any]]:
    language = get_language() or "en"
    names = [(code, f"{code}, {currency_name(code, language=language)}") for code in CURRENCIES]
    return [("", _("Choose a currency")), *names]


def _origins() -> list[tuple[str, Any]]:
    return [("", _("Choose a country")), *countries]


NOT_STATED = ("", _("Not stated"))
NOT_IN_LIST = {"invalid_choice": _("Choose one from the list.")}
NOT_STORED = {"submission", "remove_pictures", "remove_documents"}
DAYS = _("Enter a whole number of days from 1 to 365.")


class LeadForm(LeadDepthForm):
    """A lead's words. `lead` is the one being changed; `for_draft` lets anything be missing that is not wrong."""

    use_required_attribute = False
    field_order = (  # of the error summary; what is not named follows
        *("submission", "kind", "title", "category", "description", "origin", "hs_code", "condition"),
        *("quantity", "unit", "price", "currency", "price_on_request", "tiers"),
        *("incoterm", "place", "payment_terms", "valid_days"),
    )

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    kind = forms.ChoiceField(  # type: ignore[call-arg]  # the stubs do not know template_name yet
        label=_("I want to"),
        choices=[(Lead.Kind.SELL_OFFER, _("Sell")), (Lead.Kind.BUY_INQUIRY, _("Buy"))],
        widget=forms.RadioSelect,
        template_name="components/field_switch.html",
        error_messages={"required": _("Choose whether you sell or buy.")} | NOT_IN_LIST,
    )
    title = LineField(
        label=_("Title"),
        longest=TITLE,
        too_long=_("Please shorten the title to %(limit_value)s characters; it has %(show_value)s."),
        help_text=_("Product, grade, size. No prices or contact details."),
        error_messages={"required": _("Write in a few words what you offer or look for.")},
    )
    category = CategoryField(
        label=_("Category"),
        error_messages={"required": _("Choose a category."), "invalid_choice": _("Choose a category from the list.")},
    )
    description = TextField(
        label=_("Description"),
        longest=DESCRIPTION,
        too_long=_("Please shorten the description to 8,000 characters; it has %(show_value)s."),
        help_text=_("Quality, packing, certificates, delivery time: what a partner would ask first."),
        error_messages={"required": _("Describe the goods in a sentence or two.")},
    )
    origin = OpenChoiceField(
        label=_("Country of origin"),
        choices=_origins,
        help_text=_("When you buy, leave it open to buy from anywhere."),
        error_messages=NOT_IN_LIST,
    )
    hs_code = HsCodeField()
    condition = forms.ChoiceField(
        label=_("Condition"), choices=[NOT_STATED, *Condition.choices], required=False, error_messages=NOT_IN_LIST
    )
    quantity = AmountField(
        label=_("Quantity"),
        places=QUANTITY_PLACES,
        most=MOST_AMOUNT,
        error_messages={"required": _("Enter a quantity, such as 96 or 0.5")},
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[("", _("Choose a unit")), *UNIT_CHOICES],
        error_messages={"required": _("Choose a unit.")} | NOT_IN_LIST,
    )
    price = OpenAmountField(label=_("Price"), places=PRICE_PLACES, most=MOST_AMOUNT)
    currency = OpenChoiceField(label=_("Currency"), choices=_currencies, error_messages=NOT_IN_LIST)
    price_on_request = forms.BooleanField(label=_("Price on request"), required=False)
    incoterm = forms.ChoiceField(
        label=_("Incoterms"),
        choices=[NOT_STATED, *Incoterm.choices],
        required=False,
        help_text=_("Who pays for the transport, and how far."),
        error_messages=NOT_IN_LIST,
    )
    place = LineField(
        label=_("Place"),
        longest=PLACE,
        too_long=_("Please shorten the place to %(limit_value)s characters; it has %(show_value)s."),
        required=False,
        help_text=_("Needed once you choose Incoterms."),
    )
    payment_terms = forms.ChoiceField(
        label=_("Payment terms"),
        choices=[NOT_STATED, *PaymentTerms.choices],
        required=False,
        error_messages=NOT_IN_LIST,
    )
    valid_days = DaysField(
        label=_("Valid for (days)"),
        initial=30,
        allowed=VALID_DAYS,
        error_messages={"required": DAYS, "invalid": DAYS},
    )
    pictures = FilesField(
        label=_("Pictures"),
        required=False,
        accept="image/jpeg,image/png,image/webp",
        help_text=_("Up to 8 pictures, 10 MB each. Places and names inside pictures are removed."),
    )
    remove_pictures = forms.ModelMultipleChoiceField(
        LeadPicture.objects.none(), label=_("Remove pictures"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, lead: Lead | None = None, for_draft: bool = False, **options: Any) -> None:
        super().__init__(*args, lead=lead, **options)
        self.lead = lead
        self.for_draft = for_draft
        self.uploads: list[Upload] = []
        if lead:
            self.initial = {**_initial(lead), **self.initial}
            self.fields["remove_pictures"].queryset = lead.pictures.all()  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """Forgive a draft what is missing."""
        super().full_clean()
        if not (self.for_draft and self.is_bound):
            return
        for name, errors in list(self.errors.as_data().items()):
            if all(error.code == "required" for error in errors):
                del self.errors[name]
                self.cleaned_data[name] = getattr(LeadDetails(), name)

    def clean_pictures(self) -> None:
        """Keep the readable pictures in `uploads`, whatever else is wrong."""
        files = self.cleaned_data["pictures"]
        self.uploads, refused = read_uploads(files[: LeadPicture.MOST])
        if left_out := [file.name for file in files[LeadPicture.MOST :]]:
            refused.append(no_room(left_out))
        if refused:
            raise ValidationError(refused)

    def clean(self) -> dict[str, Any]:
        """What depends on another field; drafts are asked when they are published."""
        data: dict[str, Any] = super().clean() or {}
        self.fill_price(data)
        if self.for_draft:
            return data
        self.check_tiers(data)
        self._clean_price(data)
        if data.get("kind") == Lead.Kind.SELL_OFFER and data.get("origin") == "":
            self.add_error("origin", ValidationError(_("Choose the country the goods come from."), code="needed"))
        if data.get("incoterm") and data.get("place") == "":
            words = {"rule": data["incoterm"], "place": NAMED_PLACES[Incoterm(data["incoterm"])]}
            self.add_error("place", _("%(rule)s needs a place. Here: %(place)s.") % words)
        return data

    def _clean_price(self, data: dict[str, Any]) -> None:
        if data.get("price_on_request"):
            if data.get("price") is not None:
                both = _("Either give a price or tick “Price on request”, not both.")
                self.add_error("price", ValidationError(both, code="both"))
            data["currency"] = ""
        elif "price" in data and data["price"] is None:
            needed = _("Enter a price, or tick “Price on request”.")
            self.add_error("price", ValidationError(needed, code="needed"))
        elif "price" in data and data.get("currency") == "":
            self.add_error("currency", ValidationError(_("Choose the currency of the price."), code="needed"))

    def details(self) -> LeadDetails:
        """What was filled in; where that cannot be read, what the lead said before."""
        before = LeadDetails.of(self.lead) if self.lead else LeadDetails()
        names = {field.name for field in fields(LeadDetails)} & self.cleaned_data.keys()
        read = {name: self.cleaned_data[name] for name in names}
        if "tiers" in self.errors:
            read["tiers"] = self.readable_tiers()
        return replace(before, **read)

    def unread(self) -> list[str]:
        """The labels of fields in which something is typed that `details` does not hold."""
        names = {field.name for field in fields(LeadDetails)} & self.errors.keys() - self.cleaned_data.keys()
        lost = [name for name in self.fields if name in names and self[name].data not in (None, "", [])]
        labels = {name: str(self[name].label) for name in lost}
        if "tiers" in labels and self.keeps_all_tiers():
            del labels["tiers"]
        elif "tiers" in labels and self.readable_tiers():
            labels["tiers"] = gettext("%(field)s (in part)") % {"field": labels["tiers"]}
        return list(labels.values())

    def differs_in(self, lead: Lead) -> list[str]:
        """The labels of fields in which something else was filled in than the stored lead says."""
        stored, typed = LeadDetails.of(lead), self.details().masked()
        names = {field.name for field in fields(LeadDetails)}
        unlike = {name for name in names if getattr(stored, name) != getattr(typed, name)}
        return [str(self[name].label) for name in self.fields if name in unlike]

    def holds_something(self) -> bool:
        """Whether there is anything worth a draft."""
        details = self.details()
        return bool(self.uploads or self.papers) or details != LeadDetails(
            kind=details.kind, valid_days=details.valid_days
        )


def stored_form(lead: Lead) -> LeadForm:
    """The form as if the stored lead had just been sent for publication: it knows what is missing."""
    return filled_form(stored_values(lead), lead=lead)


def stored_values(lead: Lead) -> dict[str, Any]:
    """What the form of a lead holds before anybody has typed."""
    stored = LeadForm(lead=lead)
    return {name: stored[name].value() for name in stored.fields if name not in NOT_STORED}


def filled_form(values: Mapping[str, Any], *, lead: Lead | None, for_draft: bool = False) -> LeadForm:
    """The form as if these values had been sent by a browser, which sends nothing for what is empty or not ticked."""
    sent = {name: value for name, value in values.items() if value not in (None, False)}
    return LeadForm(sent, lead=lead, for_draft=for_draft)


def no_room(names: list[str]) -> str:
    """What to tell about pictures beyond the eighth."""
    words = {"most": LeadPicture.MOST, "names": ", ".join(names)}
    return (
        ngettext(
            "A lead has room for %(most)d pictures. This one was left out: %(names)s.",
            "A lead has room for %(most)d pictures. These were left out: %(names)s.",
            len(names),
        )
        % words
    )


def _initial(lead: Lead) -> dict[str, Any]:
    details = LeadDetails.of(lead)
    values = {field.name: getattr(details, field.name) for field in fields(LeadDetails)}
    return values | {"submission": None, "hs_code": hs.display(details.hs_code)}
