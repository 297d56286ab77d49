"""Fields that several forms share, and how a typed phone number is read."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from phonenumber_field.phonenumber import PhoneNumber, to_python

from accounts.models import Member
from accounts.services.companies import CompanyDetails
from privacy.masking import holds_contacts, visible_line

MOST_READ = 1000  # characters of a one-line field that are looked through
LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
PHONE_HINT = _("Start with + and the country code, such as +84 24 3825 4321.")


def refuse_contacts(text: str) -> None:
    """Names stand on public pages and in mails to others; no address of any kind goes in there."""
    if len(text) > MOST_READ:
        return  # too long for any field, and said so by another validator; reading it all costs time
    if LINK.search(text):
        raise ValidationError(_("Leave links out of this field."), code="links")
    if holds_contacts(text):
        raise ValidationError(_("Leave e-mail addresses and phone numbers out of this field."), code="contacts")


def read_phone(typed: str, *, country: str) -> PhoneNumber:
    """The number as typed by somebody in the country (ISO 3166-1 alpha-2, or ""); raises ValidationError."""
    number = to_python(typed, region=country or None)
    if not isinstance(number, PhoneNumber) or not number.is_valid():
        raise ValidationError(PHONE_HINT, code="phone")
    return number


class ShownField(forms.CharField):
    """A line that others read: signs that nobody sees are left out, so that what looks the same is the same."""

    def to_python(self, value: Any) -> str:
        """The line."""
        return visible_line(str(super().to_python(value)))


def text_field(label: Any, length: int, *, required: bool = True, autocomplete: str) -> forms.CharField:
    """A one-line field of at most so many characters, which others may see."""
    return ShownField(
        label=label,
        required=required,
        max_length=length,
        validators=[refuse_contacts],
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def full_name_field() -> forms.CharField:
    """The name a person goes by in business."""
    return text_field(_("Full name"), 150, autocomplete="name")


def title_field() -> forms.CharField:
    """What stands before the name."""
    return text_field(_("Title"), 40, required=False, autocomplete="honorific-prefix")


def gender_field() -> forms.ChoiceField:
    """Asked only to address people as they wish; may stay open."""
    return forms.ChoiceField(
        label=_("Gender"),
        required=False,
        choices=[("", _("Not stated")), *Member.Gender.choices],
        widget=forms.Select(attrs={"autocomplete": "sex"}),
    )


def country_choices() -> list[tuple[str, str | Promise]]:
    """Nothing first, then the countries of ISO 3166-1 by name in the reader's language."""
    return [("", _("Choose a country")), *((country.code, country.name) for country in countries)]


def country_field(*, required: bool = True) -> forms.ChoiceField:
    """A choice of countries that starts with none."""
    return forms.ChoiceField(
        label=_("Country"),
        required=required,
        choices=country_choices,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )


def phone_field(*, required: bool = True) -> forms.CharField:
    """Any spelling of a number; the form's `clean` reads it with the country chosen beside it."""
    return forms.CharField(
        label=_("Phone"),
        required=required,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class PhoneForm(forms.Form):
    """A form with `country` and `phone`: the phone may be typed as one dials it in the country."""

    def clean(self) -> dict[str, Any]:
        """Put the number in place of what was typed; errors stay beside the field."""
        data = super().clean() or self.cleaned_data
        if data.get("phone") and "country" not in self.errors:  # a wrong country would make the phone look wrong too
            try:
                data["phone"] = read_phone(data["phone"], country=data.get("country", ""))
            except ValidationError as error:
                self.add_error("phone", error)
        return data


class CompanyFields(PhoneForm):
    """What a company must tell before it is listed."""

    company_name = text_field(_("Company name"), 200, autocomplete="organization")
    country = country_field()
    city = text_field(_("City"), 100, autocomplete="address-level2")
    address = forms.CharField(
        label=_("Address"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    phone = phone_field()

    def company_details(self) -> CompanyDetails:
        """The company as the services take it; after a successful check only."""
        data = self.cleaned_data
        return CompanyDetails(
            name=data["company_name"],
            country=data["country"],
            city=data["city"],
            address=data["address"],
            phone=data["phone"],
        )
