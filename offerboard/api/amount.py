"""Amounts as programs send them: a decimal in one way of writing, so that there is nothing to guess."""

import re
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from partners.choosing import describe

SHAPE = re.compile(r"[0-9]+(\.[0-9]+)?")
LONGEST = 30  # characters


class Amount(serializers.Field[Decimal, Any, Any, Any]):
    """Digits, and at most one dot with more digits behind it; a number of JSON or text. The form judges its size."""

    default_error_messages = {
        "shape": "is no decimal. Send digits and at most one dot, such as 1250.5, as a number or as text: no commas, "
        "signs, spaces or exponents."
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        kinds = ["string", "number"]  # where null is taken too, the description says so by itself
        describe(self, {"type": kinds, "pattern": rf"^{SHAPE.pattern}$", "maxLength": LONGEST, "exclusiveMinimum": 0})

    def to_internal_value(self, data: Any) -> Decimal:
        """The number, exactly."""
        text = str(data) if isinstance(data, str | int | Decimal) and not isinstance(data, bool) else ""
        if len(text) > LONGEST or not SHAPE.fullmatch(text):
            self.fail("shape")
        return Decimal(text)

    def to_representation(self, value: Decimal) -> str:
        """Text, as answers have it."""
        return str(value)
