"""The newest-first order found the plain way: every match, however long it takes."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from directory.models import Verification
from offerboard.models import BoardEntry, Lead
from offerboard.search import SPANS, Filters, Within, holding


def exact_ids(filters: Filters, *, now: datetime, limit: int) -> list[int]:
    """The newest public leads that match, by their own columns."""
    leads = Lead.objects.public(at=now)
    if filters.words:
        entries = BoardEntry.objects.filter(RawSQL(*holding(filters.words), output_field=BooleanField()))  # noqa: S611  # SQL of ours
        leads = leads.filter(pk__in=entries.values("pk"))
    for slugs in [filters.categories] if filters.categories else []:
        leads = leads.filter(category__slug__in=slugs) | leads.filter(category__parent__slug__in=slugs)
    if filters.within:
        leads = leads.filter(posted_at__gt=now - SPANS[Within(filters.within)])
    if filters.verified:
        verified = Verification.objects.identity().current(at=now).values("company")
        leads = leads.filter(company__in=verified)
    plain: dict[str, Any] = {
        "kind": filters.kind,
        "country__in": filters.countries,
        "company__slug": filters.company,
        "currency": filters.currency,
        "price__gte": filters.price_from,
        "price__lte": filters.price_to,
        "unit": filters.unit,
        "quantity__gte": filters.quantity,
        "condition__in": filters.conditions,
        "incoterm__in": filters.incoterms,
    }
    asked = {lookup: value for lookup, value in plain.items() if value not in ("", (), None)}
    return list(leads.filter(**asked).newest_first().values_list("pk", flat=True)[:limit])
