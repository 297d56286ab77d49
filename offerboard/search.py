"""Finding public leads: words and filters go in, one page of leads with its count and facets comes out.

The work is bounded: a page reads no further than its last lead, and whatever is counted is counted over the newest
leads found, up to `CAP`. Two queries, whatever is asked.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection, models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from directory import hs
from directory.models import Verification
from offerboard.keyset import Cursor, NotOurCursor, read_cursor, write_cursor
from offerboard.models import Lead
from offerboard.models.lead import LeadQuerySet

PAGE = 20  # leads
CAP = 10_000  # a count above it is "10,000+"


class Sort(models.TextChoices):
    """In which order leads stand."""

    NEWEST = "newest", _("Newest first")
    PRICE = "price", _("Price, lowest first")
    ENDING = "ending", _("Ending soon")


class Within(models.TextChoices):
    """How long ago a lead was posted at most."""

    DAY = "24h", _("24 hours")
    WEEK = "7d", _("7 days")
    MONTH = "30d", _("30 days")


SPANS = {Within.DAY: timedelta(days=1), Within.WEEK: timedelta(days=7), Within.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader asks for; empty fields ask nothing. Codes are valid ones, slugs need not exist."""

    words: str = ""  # as typed, with "quotes", or and -minus; or an HS code
    kind: str = ""
    categories: tuple[str, ...] = ()  # slugs of leaves or of whole branches; any of them
    countries: tuple[str, ...] = ()  # of the company, ISO 3166-1 alpha-2; any of them
    company: str = ""  # its slug
    within: str = ""
    price_from: Decimal | None = None  # of one unit, in `currency`
    price_to: Decimal | None = None
    currency: str = ""  # ISO 4217
    quantity: Decimal | None = None  # at least, in `unit`
    unit: str = ""  # UN/ECE Recommendation 20
    conditions: tuple[str, ...] = ()
    incoterms: tuple[str, ...] = ()
    verified: bool = False
    sort: str = Sort.NEWEST

    @property
    def order(self) -> Sort:
        """The order that can be kept: prices compare within one currency only."""
        return Sort.NEWEST if self.sort == Sort.PRICE and not self.currency else Sort(self.sort)


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the leads found fall to each value of one filter, as if that filter alone were not set."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them; above `CAP` only the newest were counted."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    ids: list[int]  # of leads, in order
    position: int  # of the page's first lead, from 1
    next_cursor: str  # "" on the last page
    count: int  # exact up to CAP; CAP + 1 stands for more
    facets: dict[str, Facet]  # by the names of FACETS


def search(filters: Filters, *, now: datetime, after: str = "") -> Results:
    """The page that follows the cursor `after`; a cursor we did not write, or of another order, is the first page."""
    order = ORDERS[filters.order]
    try:
        cursor = read_cursor(after, order=filters.order, key_type=order.key_type)
    except NotOurCursor:
        cursor = None
    seen = cursor.seen if cursor else 0
    rows: list[Any] = list(_page(filters, cursor, now=now).values_list("id", order.key, "slug")[: PAGE + 1])
    next_cursor = ""
    if len(rows) > PAGE:
        _id, key, slug = rows[PAGE - 1]
        next_cursor = write_cursor(Cursor(order=filters.order, key=key, slug=slug, seen=seen + PAGE))
    count, facets = _count(filters, now=now)
    return Results(
        ids=[row[0] for row in rows[:PAGE]],
        position=seen + 1,
        next_cursor=next_cursor,
        count=count,
        facets=facets,
    )


# --- what matches -------------------------------------------------------------------------------------------------


def matching(filters: Filters, *, now: datetime) -> LeadQuerySet:
    """All public leads that the filters ask for."""
    leads = Lead.objects.public(at=now)
    if filters.words:
        leads = leads.filter(_holding(filters.words))
    if filters.categories:
        leaves, branches = Q(category__slug__in=filters.categories), Q(category__parent__slug__in=filters.categories)
        leads = leads.filter(leaves | branches)
    if filters.within:
        leads = leads.filter(posted_at__gt=now - SPANS[Within(filters.within)])
    if filters.verified:
        leads = leads.filter(_verified(at=now))
    plain = {
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
    return leads.filter(**{lookup: value for lookup, value in plain.items() if value not in ("", (), None)})


def _holding(words: str) -> Q:
    """Leads that hold the words, as they stand or by their English stem; or goods of that HS code."""
    stems = SearchQuery(words, config="market_english", search_type="websearch")
    as_typed = SearchQuery(words, config="market_words", search_type="websearch")
    holding = Q(search=stems | as_typed)
    try:
        code = hs.normalise(words)
    except hs.UnknownHsCode:
        return holding
    return holding | Q(hs_code__startswith=code)


def _verified(*, at: datetime) -> Exists:
    """The company holds a current identity claim."""
    return Exists(Verification.objects.identity().current(at=at).filter(company=OuterRef("company_id")))


# --- one page, from wherever the last one ended -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """What an order sorts by; the lead's id parts equals, in the same direction."""

    key: str
    key_type: type = datetime
    descending: bool = False


ORDERS = {
    Sort.NEWEST: Order("posted_at", descending=True),
    Sort.PRICE: Order("price", key_type=Decimal),
    Sort.ENDING: Order("expires_at"),
}


def in_order(leads: LeadQuerySet, filters: Filters) -> LeadQuerySet:
    """The leads as the filters sort them."""
    order = ORDERS[filters.order]
    sign = "-" if order.descending else ""
    return leads.order_by(f"{sign}{order.key}", f"{sign}id")


def _page(filters: Filters, cursor: Cursor | None, *, now: datetime) -> LeadQuerySet:
    leads = in_order(matching(filters, now=now), filters)
    if cursor is None:
        return leads
    order = ORDERS[filters.order]
    beyond = "lt" if order.descending else "gt"
    same_key_later = {order.key: cursor.key, f"id__{beyond}": Lead.objects.filter(slug=cursor.slug).values("id")}
    return leads.filter(
        Q(**{f"{order.key}__{beyond}e": cursor.key}),  # for the index; the next line decides
        Q(**{f"{order.key}__{beyond}": cursor.key}) | Q(**same_key_later),
    )


# --- counts -------------------------------------------------------------------------------------------------------


def _facets(*, now: datetime) -> dict[str, Any]:
    """What each facet counts by; the names are those of the filters they belong to."""
    ages = [When(posted_at__gt=now - SPANS[span], then=Value(span.value)) for span in Within]
    return {
        "kind": F("kind"),
        "categories": F("category__slug"),
        "countries": F("country"),
        "within": Case(*ages, default=Value("")),
        "conditions": F("condition"),
        "incoterms": F("incoterm"),
        "verified": _verified(at=now),
        "currency": F("currency"),
    }


def _count(filters: Filters, *, now: datetime) -> tuple[int, dict[str, Facet]]:
    """The count and all facets in one query.

    Facets whose filter is not set share the leads that were found; for each other one the search is run again without
    that filter.
    """
    facets = _facets(now=now)
    asked = [name for name in facets if getattr(filters, name) != getattr(EVERYTHING, name)]
    found, values = _newest(filters, facets, now=now)
    selects = ["SELECT '', '', count(*) FROM found"]
    selects += [_by_value(name, "found") for name in facets if name not in asked]
    for name in asked:
        wider = replace(filters, **{name: getattr(EVERYTHING, name)})
        others, more_values = _newest(wider, {name: facets[name]}, now=now)
        selects.append(_by_value(name, f"({others}) AS others"))
        values += more_values
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found AS MATERIALIZED ({found}) {' UNION ALL '.join(selects)}", values)
        rows = cursor.fetchall()
    counted = {name: Facet() for name in facets}
    for name, value, count in rows:
        if name:
            counted[name].counts[value] = count
    return next(count for name, _value, count in rows if not name), counted


def _by_value(name: str, source: str) -> str:
    return f"SELECT '{name}', {name}_::text, count(*) FROM {source} GROUP BY 2"  # noqa: S608  # names are ours


def _newest(filters: Filters, facets: dict[str, Any], *, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """SQL and values of the newest leads found, as many as are counted, with what the facets count by."""
    leads = matching(filters, now=now).newest_first().values(**{f"{name}_": facets[name] for name in facets})
    return leads[: CAP + 1].query.sql_with_params()
