"""A company's leads as rows of a table that the import reads back."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from offerboard.amounts import write_amount
from offerboard.importing.cells import guard
from offerboard.importing.fields import FIELDS
from offerboard.importing.tiers import write_tiers
from offerboard.models import Lead

KEY = "key"
FOR_READING = ("state", "posted_at", "expires_at", "address")  # the import passes over these
EXPIRED = "expired"  # a time and no state of a lead, but what its owner asks for
CHUNK = 1000


def header() -> list[str]:
    """The names of the columns."""
    return [KEY, *FIELDS, *FOR_READING]


def template_rows() -> Iterator[list[str]]:
    """An empty table with one row of an example."""
    yield [KEY, *FIELDS]
    example = {
        "kind": "sell_offer",
        "title": "Robusta green coffee, grade 1, screen 18",
        "category": "green-coffee",
        "description": "Washed and polished Robusta, new crop.",
        "quantity": "96",
        "unit": "TNE",
        "price": "4180.50",
        "currency": "USD",
        "tiers": "10=4180.50; 50=4060",
        "origin": "VN",
        "hs_code": "0901.11",
        "condition": "new",
        "incoterm": "FOB",
        "place": "Ho Chi Minh City",
        "payment_terms": "lc_sight",
        "destinations": "DE, NL",
        "valid_days": "30",
    }
    yield ["my-number-1", *(example.get(name, "") for name in FIELDS)]


def export_rows(*, company_id: int, site: str, now: datetime) -> Iterator[list[str]]:
    """Header and all leads of a company, drafts too, oldest first; `site` stands before the leads' addresses.

    Read in portions by id, so that memory and each statement's time stay small.
    """
    yield header()
    last = 0
    while leads := list(
        Lead.objects.filter(company_id=company_id, pk__gt=last)
        .select_related("category")
        .prefetch_related("tiers")
        .order_by("pk")[:CHUNK]
    ):
        for lead in leads:
            yield _row(lead, site, now=now)
        last = leads[-1].pk


def _row(lead: Lead, site: str, *, now: datetime) -> list[str]:
    cells = [_cell(lead, name) for name in FIELDS]
    moments = [moment.isoformat(timespec="seconds") if moment else "" for moment in (lead.posted_at, lead.expires_at)]
    return [str(lead.submission), *map(guard, cells), _state(lead, now=now), *moments, site + lead.get_absolute_url()]


def _state(lead: Lead, *, now: datetime) -> str:
    """As the tabs of My leads say it."""
    is_over = lead.expires_at is not None and lead.expires_at <= now
    return EXPIRED if is_over and lead.state in {Lead.State.PUBLISHED, Lead.State.PAUSED} else lead.state


def _cell(lead: Lead, name: str) -> str:
    if name == "category":
        return lead.category.slug if lead.category else ""
    if name == "tiers":
        return write_tiers(lead.tiers.all())
    value: Any = getattr(lead, name)
    if value in (None, ""):
        return ""
    if isinstance(value, Decimal):
        return write_amount(value)
    if isinstance(value, list):
        return ", ".join(value)
    return str(getattr(value, "code", value))
