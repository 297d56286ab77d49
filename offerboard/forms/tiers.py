"""Rows of quantity and price: plain inputs, six of them, the later ones folded away."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from offerboard.amounts import write_amount
from offerboard.forms.amount import AmountField
from offerboard.limits import MOST_AMOUNT, PRICE_PLACES, QUANTITY_PLACES
from offerboard.models import PriceTier
from offerboard.tiers import Tier

SHOWN = 3  # rows that stand open; a folded part holds the others
LONGEST = 60  # rows that are looked at, of however many somebody sends


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows: its number from 1, and both amounts as typed."""

    number: int
    quantity: str
    price: str


class TiersInput(forms.Widget):
    """Two text inputs a row; the form sends them as <name>_quantity and <name>_price, once a row."""

    template_name = "offerboard/tiers_input.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002  # Django's signature
        """Pairs of text, row by row."""
        if not hasattr(data, "getlist"):  # a stored lead's own values, not a browser's
            return data.get(name, [])
        quantities, prices = data.getlist(f"{name}_quantity")[:LONGEST], data.getlist(f"{name}_price")[:LONGEST]
        rows = max(len(quantities), len(prices))
        return list(zip(_filled_up(quantities, rows), _filled_up(prices, rows), strict=True))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002  # Django's signature
        """Whether the form had no such rows."""
        return f"{name}_quantity" not in data

    def id_for_label(self, id_: str) -> str:
        """The first input, where the error summary leads."""
        return f"{id_}_quantity_1" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The rows that stand open, and those that are folded away unless something is in them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        typed = list(value or [])
        typed += [("", "")] * (PriceTier.MOST - len(typed))
        rows = [Row(number, *pair) for number, pair in enumerate(typed, start=1)]
        later = rows[SHOWN:]
        context["widget"] |= {
            "rows": rows[:SHOWN],
            "later": later,
            "is_open": any(row.quantity or row.price for row in later),
        }
        return context


class TiersField(forms.Field):
    """Up to six tiers; rows in which nothing is typed do not count."""

    widget = TiersInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.quantity = AmountField(places=QUANTITY_PLACES, most=MOST_AMOUNT, required=True)
        self.price = AmountField(places=PRICE_PLACES, most=MOST_AMOUNT, required=True)

    def to_python(self, value: Any) -> tuple[Tier, ...]:
        """The rows' numbers; each wrong row is named by its number."""
        tiers, wrong = self._rows(value)
        if wrong:
            raise ValidationError(wrong, code="invalid")
        if len(tiers) > PriceTier.MOST:
            raise ValidationError(_too_many(len(tiers)), code="too_many")
        return tuple(tiers.values())

    def readable(self, value: Any) -> dict[int, Tier]:
        """The rows that can be read, by their number, whatever is wrong with the others."""
        return self._rows(value)[0]

    def prepare_value(self, value: Any) -> list[tuple[str, str]]:
        """The rows as text; stored amounts in a form that is read the same way."""
        return [(_shown(quantity), _shown(price)) for quantity, price in value or []]

    def _rows(self, value: Any) -> tuple[dict[int, Tier], list[Any]]:
        tiers: dict[int, Tier] = {}
        wrong: list[Any] = []
        for number, (quantity, price) in enumerate(value or [], start=1):
            if not (str(quantity).strip() or str(price).strip()):
                continue
            try:
                tiers[number] = self._read(quantity, price)
            except ValidationError as error:
                wrong += [in_row(number, one) for one in error]
        return tiers, wrong

    def _read(self, quantity: Any, price: Any) -> Tier:
        if not str(quantity).strip():
            raise ValidationError(_("Enter the quantity from which the price holds."))
        if not str(price).strip():
            raise ValidationError(_("Enter the price from this quantity on."))
        return Tier(self.quantity.clean(quantity), self.price.clean(price))


def in_row(number: int, problem: Any) -> Any:
    """A problem that names its row."""
    return _("Row %(number)d: %(problem)s") % {"number": number, "problem": problem}


def _too_many(found: int) -> str:
    words = {"most": PriceTier.MOST, "found": found}
    return (
        ngettext(
            "A lead has room for %(most)d price; there are %(found)d rows.",
            "A lead has room for %(most)d prices; there are %(found)d rows.",
            PriceTier.MOST,
        )
        % words
    )


def _filled_up(values: Iterable[str], rows: int) -> list[str]:
    values = list(values)
    return values + [""] * (rows - len(values))


def _shown(value: Any) -> str:
    """A stored amount as its field shows it; what was typed stays as it was typed."""
    return write_amount(value) if isinstance(value, Decimal) else str(value)
