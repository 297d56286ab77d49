"""What a column of a file can be: a lead's fields, their names, and the words by which other programs call them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Field:
    """A lead's field. `also` are other names of it in headers, in small letters."""

    name: str
    label: Any  # lazy text
    is_required: bool = False
    most_columns: int = 1  # how many columns may be joined into it
    also: tuple[str, ...] = ()


_ALL = (
    Field("kind", _("Sell or buy"), is_required=True, also=("type", "lead type", "offer type")),
    Field("title", _("Title"), is_required=True, also=("product", "product name", "name", "subject", "goods")),
    Field("category", _("Category"), is_required=True, also=("product category", "group", "product group", "sector")),
    Field(
        "description",
        _("Description"),
        is_required=True,
        most_columns=4,
        also=("details", "text", "specification", "specifications", "product description"),
    ),
    Field("quantity", _("Quantity"), is_required=True, also=("qty", "amount", "volume")),
    Field("unit", _("Unit"), is_required=True, also=("uom", "unit of measure", "quantity unit")),
    Field("price", _("Price"), also=("unit price", "price per unit", "value", "target price")),
    Field("currency", _("Currency"), also=("price currency", "ccy")),
    Field(
        "tiers",
        _("Prices by quantity"),
        also=("quantity prices", "price breaks", "price tiers", "tier prices", "volume prices"),
    ),
    Field(
        "origin",
        _("Country of origin"),
        also=("origin country", "made in", "country", "country of manufacture"),
    ),
    Field("hs_code", _("HS code"), also=("hs", "hscode", "tariff", "tariff code", "customs code")),
    Field("condition", _("Condition"), also=("state of goods",)),
    Field("incoterm", _("Incoterms"), also=("incoterms", "delivery terms", "terms of delivery")),
    Field("place", _("Place"), also=("named place", "port", "incoterms place", "delivery place")),
    Field("payment_terms", _("Payment terms"), also=("payment", "terms of payment")),
    Field("brand", _("Brand"), also=("make", "trademark", "manufacturer")),
    Field("model", _("Model"), also=("model number", "type number", "part number")),
    Field("packaging", _("Packaging"), also=("packing", "package")),
    Field("samples", _("Samples"), also=("sample",)),
    Field("lead_time_days", _("Lead time (days)"), also=("lead time", "delivery time")),
    Field(
        "destinations", _("Destination countries"), also=("destination", "destination country", "ship to", "markets")
    ),
    Field("valid_days", _("Valid for (days)"), also=("validity", "days", "valid days")),
)
FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
KEY_NAMES = ("key", "id", "reference", "ref", "sku", "item", "item no", "article", "article number", "code", "cn id")


def plain(name: str) -> str:
    """A header's name without what people write differently."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").replace(".", " ").split())


def guess(columns: tuple[str, ...]) -> tuple[dict[str, list[str]], str]:
    """Which column is which field, by name, each used once; and which names the row, or ""."""
    by_plain = {plain(column): column for column in reversed(columns)}
    taken: set[str] = set()
    found: dict[str, list[str]] = {}
    for names_of in (lambda field: (plain(field.name), plain(str(field.label))), lambda field: field.also):
        for field in _ALL:
            column = next((by_plain[name] for name in names_of(field) if name in by_plain), None)
            if field.name not in found and column and column not in taken:
                found[field.name] = [column]
                taken.add(column)
    key = next((by_plain[name] for name in KEY_NAMES if name in by_plain), "")
    return found, key
