"""Parameters by which lists are filtered. Each takes what its schema says, and nothing else is passed over."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners.bodies import FewItems

MOST_CODES = 50  # of one filter
SLUG = "[-a-zA-Z0-9_]{1,90}"


def describe(field: Any, schema: dict[str, Any]) -> None:
    """What the description of the API says of this very field."""
    extend_schema_field(schema)(field)


class Code(serializers.ChoiceField):
    """One code of a list."""

    default_error_messages = {"invalid_choice": "“{input}” is not known."}

    def __init__(self, *, known: Iterable[str], about: str, default: str = "") -> None:
        codes = list(known)
        chosen: dict[str, Any] = {"default": default} if default else {}
        super().__init__(choices=codes, required=False, help_text=about, **chosen)
        describe(self, {"type": "string", "enum": codes, **chosen})


class Codes(serializers.MultipleChoiceField):
    """Codes of a list; any of them."""

    default_error_messages = {"invalid_choice": "“{input}” is not known.", "many": f"takes {MOST_CODES} at most."}

    def __init__(self, *, known: Iterable[str], about: str) -> None:
        codes = list(known)
        super().__init__(choices=codes, required=False, help_text=f"{about} May be given several times.")
        items = {"type": "string", "enum": codes}
        describe(self, {"type": "array", "items": items, "maxItems": MOST_CODES})

    def to_internal_value(self, data: Any) -> Any:
        """The codes in the order of their letters."""
        if len(data) > MOST_CODES:
            self.fail("many")
        return tuple(sorted(super().to_internal_value(data)))


class Text(serializers.CharField):
    """Text of one shape, not a character more."""

    default_error_messages = {"shape": "is not written like that."}

    def __init__(self, *, shape: str, about: str, example: str) -> None:
        super().__init__(required=False, help_text=about, trim_whitespace=False)
        self.shape = re.compile(shape)
        self.example = example
        describe(self, {"type": "string", "pattern": f"^{shape}$", "examples": [example]})

    def to_internal_value(self, data: Any) -> Any:
        """The text."""
        if not self.shape.fullmatch(str(data)):
            raise serializers.ValidationError(f"is not written like {self.example}.")
        return str(data)


class Amount(Text):
    """A number that is not negative, with a point."""

    def __init__(self, *, places: int, about: str) -> None:
        super().__init__(shape=rf"[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?", about=about, example="1250.5")

    def to_internal_value(self, data: Any) -> Any:
        """The number, exactly."""
        return Decimal(super().to_internal_value(data))


class Slugs(FewItems):
    """Ids of things; any of them."""

    def __init__(self, *, about: str, example: str) -> None:
        child = Text(shape=SLUG, about=about, example=example)
        super().__init__(
            child=child, required=False, max_length=MOST_CODES, help_text=f"{about} May be given several times."
        )


class Flag(serializers.ChoiceField):
    """`true` or `false`."""

    default_error_messages = {"invalid_choice": "is either true or false."}

    def __init__(self, *, about: str) -> None:
        super().__init__(choices=["true", "false"], required=False, default=False, help_text=about)
        describe(self, {"type": "boolean", "default": False})

    def to_internal_value(self, data: Any) -> Any:
        """The truth."""
        return super().to_internal_value(data) == "true"
