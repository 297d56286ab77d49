"""What a reader may ask of the board: codes we do not know are passed over, numbers we cannot read are said so."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.places import is_country
from offerboard.codes import CURRENCIES, UNIT_CHOICES, Condition, Incoterm
from offerboard.forms.amount import AmountField
from offerboard.models import Lead
from offerboard.search import Filters, Sort, Within

LONGEST_WORDS = 200  # characters
MOST_CODES = 50  # of one filter
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,90}")


class CodesField(forms.Field):
    """Several codes of one list; unknown ones and repetitions are passed over."""

    widget = forms.SelectMultiple

    def __init__(self, *, known: Callable[[str], object], label: Any) -> None:
        super().__init__(required=False, label=label)
        self.known = known

    def to_python(self, value: Iterable[str] | None) -> tuple[str, ...]:
        """The known codes in the order they were given."""
        return tuple(dict.fromkeys(code for code in value or () if self.known(code)))[:MOST_CODES]


class CodeField(forms.ChoiceField):
    """One code of a list or none; an unknown one is passed over."""

    def __init__(self, *, choices: Any, label: Any) -> None:
        super().__init__(required=False, label=label, choices=choices)

    def clean(self, value: Any) -> str:
        """The code, or ""."""
        code = self.to_python(value)
        return code if self.valid_value(code) else ""


class BoardForm(forms.Form):
    """The board's filters as its address carries them. A field in error counts as not set; the others hold."""

    mark_optional = False  # nothing is required
    use_required_attribute = False

    q = forms.CharField(
        label=_("Product, material or HS code"),
        required=False,
        max_length=LONGEST_WORDS,
        error_messages={"max_length": _("At most %(limit_value)s characters.")},
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = CodeField(label=_("Kind of lead"), choices=Lead.Kind.choices)
    category = CodesField(label=_("Category"), known=SLUG.fullmatch)
    country = CodesField(label=_("Company’s country"), known=is_country)
    company = forms.SlugField(label=_("Company"), required=False, max_length=90)
    within = CodeField(label=_("Posted within"), choices=Within.choices)
    price_min = AmountField(label=_("From"), places=4, most=Decimal(10) ** 12, required=False)
    price_max = AmountField(label=_("To"), places=4, most=Decimal(10) ** 12, required=False)
    currency = CodeField(label=_("Currency"), choices=[("", _("Any")), *((code, code) for code in CURRENCIES)])
    quantity = AmountField(label=_("At least"), places=3, most=Decimal(10) ** 12, required=False)
    unit = CodeField(label=_("Unit"), choices=[("", _("Any")), *UNIT_CHOICES])
    condition = CodesField(label=_("Condition"), known=Condition.values.__contains__)
    incoterm = CodesField(label=_("Incoterm"), known=Incoterm.values.__contains__)
    verified = forms.BooleanField(label=_("Identity verified"), required=False)
    sort = CodeField(label=_("Sort by"), choices=Sort.choices)

    def clean(self) -> dict[str, Any]:
        """Amounts mean nothing without their currency or unit, and a range has two ends."""
        data = super().clean() or {}
        lowest, highest = data.get("price_min"), data.get("price_max")
        if (lowest is not None or highest is not None) and not data.get("currency"):
            self.add_error("currency", _("Choose a currency: prices compare within one only."))
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("price_max", _("This is less than “From”."))
        if data.get("quantity") is not None and not data.get("unit"):
            self.add_error("unit", _("Choose a unit: quantities compare within one only."))
        return data

    def refused(self) -> list[forms.BoundField]:
        """The filters in error. What is wrong with the words stands below their box."""
        return [field for field in self if field.errors and field.name != "q"]

    def passed_over(self) -> list[str]:
        """Names of the filters in which something was sent that is not known or cannot be read."""
        self.is_valid()
        return [field.name for field in self if field.errors or not _sent(field.data) <= self._understood(field.name)]

    def unknown(self) -> list[str]:
        """Labels of filters that are in no error, and were not understood whole all the same."""
        return [str(self[name].label) for name in self.passed_over() if name not in self.errors]

    def filters(self) -> Filters:
        """What was understood."""
        self.is_valid()  # fields in error are missing from the cleaned data
        data = self.cleaned_data
        priced = bool(data.get("currency"))
        return Filters(
            words=data.get("q", ""),
            kind=data["kind"],
            categories=data["category"],
            countries=data["country"],
            company=data.get("company", ""),
            within=data["within"],
            price_from=data.get("price_min") if priced else None,
            price_to=data.get("price_max") if priced else None,
            currency=data.get("currency", ""),
            quantity=data.get("quantity") if data.get("unit") else None,
            unit=data.get("unit", ""),
            conditions=data["condition"],
            incoterms=data["incoterm"],
            verified=data["verified"],
            sort=data["sort"] or Sort.NEWEST,
        )

    def _understood(self, name: str) -> set[str]:
        field, value = self.fields[name], self.cleaned_data.get(name)
        # Of anything but codes, what was understood need not look like what was sent: 4,180 is 4180.
        return _sent(value) if isinstance(field, CodeField | CodesField) else _sent(self[name].data)


def _sent(value: Any) -> set[str]:
    return {one for one in (value if isinstance(value, list | tuple) else [value]) if one} if value else set()
