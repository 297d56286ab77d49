"""The board's filters as columns of a saved search, and back. Nothing else knows how the two correspond."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from offerboard.models import SavedSearch
from offerboard.search import EVERYTHING, Filters

# Of these the order says nothing, so two searches that differ in it are one.
LISTS = ("countries", "conditions", "incoterms")
SAME_NAME = ("words", "kind", "price_from", "price_to", "currency", "quantity", "unit", "verified")


def lasting(filters: Filters) -> Filters:
    """What is worth keeping: not in which order and since when, which belong to one look at the board."""
    return replace(filters, within=EVERYTHING.within, sort=EVERYTHING.sort)


def to_columns(filters: Filters, *, category_ids: Mapping[str, int], company_id: int | None) -> dict[str, Any]:
    """The columns of a search. `category_ids` are by slug; a slug missing there is left out, as the board does it."""
    columns: dict[str, Any] = {name: getattr(filters, name) for name in SAME_NAME}
    columns |= {name: sorted(set(getattr(filters, name))) for name in LISTS}
    columns["words"] = " ".join(filters.words.split())
    columns["categories"] = sorted({category_ids[slug] for slug in filters.categories if slug in category_ids})
    columns["company_id"] = company_id
    return columns | {"fingerprint": _fingerprint(columns)}


def to_filters(saved: SavedSearch, *, slugs: Mapping[int, str], company: str) -> Filters:
    """The filters of a search; `slugs` are those of all categories, `company` is the slug of the search's own."""
    same: dict[str, Any] = {name: getattr(saved, name) for name in SAME_NAME}
    lists: dict[str, Any] = {name: tuple(getattr(saved, name)) for name in LISTS}
    categories = tuple(slugs[pk] for pk in saved.categories if pk in slugs)
    return Filters(**same, **lists, categories=categories, company=company)


def _fingerprint(columns: Mapping[str, Any]) -> str:
    """The same for searches that find the same: capitals do not matter, nor whether a price is 5 or 5.00."""
    plain = {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in columns.items()}
    plain["words"] = columns["words"].casefold()
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
