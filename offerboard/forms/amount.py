"""A field for amounts as people from anywhere write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from offerboard.amounts import NotANumber, TwoReadings, read_amount, write_amount


class AmountField(forms.Field):
    """A positive number; `places` is how many decimals it may have, `most` what it must stay below."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Enter a number, such as 4180 or 4180.50"),
        "two_readings": _("“%(text)s” can be read as %(large)s or as %(small)s. Write one of these."),
        "not_positive": _("Enter a number above zero."),
        "too_large": _("This number is too large."),
        "too_fine": _("Enter at most %(places)d digits after the decimal point."),
    }

    def __init__(self, *, places: int, most: Decimal, **options: Any) -> None:
        super().__init__(**options)
        self.places = places
        self.most = most

    def to_python(self, value: Any) -> Decimal | None:
        """The number, None where nothing was typed."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            number = read_amount(text)
        except NotANumber as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        except TwoReadings as error:
            large, small = error.args
            words = {"text": text, "large": large, "small": small}
            raise ValidationError(self.error_messages["two_readings"], code="two_readings", params=words) from error
        return number

    def validate(self, value: Decimal | None) -> None:
        """Refuse what no quantity or price can be."""
        super().validate(value)
        if value is None:
            return
        if value <= 0:
            raise ValidationError(self.error_messages["not_positive"], code="not_positive")
        if value >= self.most:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        if value != round(value, self.places):
            raise ValidationError(self.error_messages["too_fine"], code="too_fine", params={"places": self.places})

    def prepare_value(self, value: Any) -> Any:
        """A stored number as the field shows it; what was typed stays as it was typed."""
        return write_amount(value) if isinstance(value, Decimal) else value
