"""Prices by quantity and documents, as the lead's page and its form show them; fetched with the lead itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from offerboard import presentation
from offerboard.models import Lead, LeadDocument, PriceTier

KILOBYTE = 1000  # as telephones count


@dataclass(frozen=True, slots=True)
class TierRow:
    """A row of the price table."""

    quantity: str  # "10 to 50 t", "50 t and more"
    price: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document and the way to it."""

    key: str
    url: str
    name: str
    about: str  # "PDF, 214 KB"


def with_extras(leads: Any) -> Any:
    """Leads with `tier_list` and `document_list`, which the functions below read: no query of their own."""
    tiers = PriceTier.objects.filter(lead=OuterRef("pk")).order_by("place")
    documents = LeadDocument.objects.filter(lead=OuterRef("pk")).order_by("position", "pk")
    text: CharField[str, str] = CharField()
    tier = JSONObject(quantity=Cast("min_quantity", text), price=Cast("price", text))  # text: JSON knows no decimals
    document = JSONObject(key=Cast("pk", text), name=F("name"), kind=F("kind"), size=F("size"))
    return leads.annotate(
        tier_list=ArraySubquery(tiers.values(row=tier)), document_list=ArraySubquery(documents.values(row=document))
    )


def tier_rows(lead: Lead, tiers: Iterable[Mapping[str, str]]) -> list[TierRow]:
    """The price table: from each quantity to the next."""
    steps = [(Decimal(tier["quantity"]), Decimal(tier["price"])) for tier in tiers]
    ends = [quantity for quantity, _price in steps[1:]]
    rows = []
    for place, (quantity, price) in enumerate(steps):
        start = presentation.number(quantity)
        if place < len(ends):
            words = _("%(start)s to below %(end)s")
            words %= {"start": start, "end": presentation.quantity(ends[place], lead.unit)}
        else:
            words = _("%(start)s and more") % {"start": presentation.quantity(quantity, lead.unit)}
        rows.append(TierRow(quantity=words, price=presentation.money(price, lead.currency).strip()))
    return rows


def document_rows(lead: Lead, documents: Iterable[Mapping[str, Any]]) -> list[DocumentRow]:
    """The documents in their order."""
    return [
        DocumentRow(
            key=one["key"],
            url=reverse("offerboard:document", args=[lead.slug, one["key"]]),
            name=one["name"],
            about=f"{LeadDocument.Kind(one['kind']).label}, {_size(one['size'])}",
        )
        for one in documents
    ]


def _size(size: int) -> str:
    kilobytes = max(1, round(size / KILOBYTE))
    if kilobytes < KILOBYTE:
        return _("%(n)s KB") % {"n": presentation.number(kilobytes)}
    return _("%(n)s MB") % {"n": presentation.number(round(Decimal(kilobytes) / KILOBYTE, 1))}
