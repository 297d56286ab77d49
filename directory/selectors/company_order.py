"""In which order companies stand, and which come behind one of them."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from directory.models.company import CompanyQuerySet
from directory.selectors.search import BY_NAME, CompanySearch


def in_order(companies: CompanyQuerySet, sort: str) -> Any:
    """With `by_name`, the name as it is sorted by."""
    named = companies.annotate(by_name=Lower("legal_name"))
    return named.order_by("by_name", "id") if sort == BY_NAME else named.order_by("-created_at", "-id")


def behind_name(by_name: str, pk: int) -> Q:
    """Of two companies of one name, the later made one comes behind."""
    return Q(by_name__gte=by_name) & (Q(by_name__gt=by_name) | Q(id__gt=pk))


def behind_time(created_at: datetime, pk: int) -> Q:
    """Of two that joined at the same moment, the earlier made one comes behind."""
    return Q(created_at__lte=created_at) & (Q(created_at__lt=created_at) | Q(id__lt=pk))


def company_numbers(search: CompanySearch, *, after: str, most: int) -> tuple[list[int], str]:
    """Rows of up to `most` companies behind a place, and the place behind the last of them; "" at the end.

    A place says where the company stood, so that the next page is right although it was renamed meanwhile.
    """
    rows = in_order(search.found(), search.sort)
    if after:
        number, _blank, key = after.partition(" ")
        named = search.sort == BY_NAME
        rows = rows.filter(
            behind_name(key, int(number)) if named else behind_time(datetime.fromisoformat(key), int(number))
        )
    found = list(rows.values_list("pk", "by_name", "created_at")[: most + 1])
    if len(found) <= most:
        return [pk for pk, _name, _time in found], ""
    pk, by_name, created_at = found[most - 1]
    key = by_name if search.sort == BY_NAME else created_at.isoformat()
    return [pk for pk, _name, _time in found[:most]], f"{pk} {key}"
