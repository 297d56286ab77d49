"""How many companies each filter would leave."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from directory.codes import BusinessType, HeadcountBand
from directory.models import Category, Company
from directory.places import country_name
from directory.selectors.search import CompanySearch

CAP = 10_000  # nothing is counted further, so that no search costs more than this many rows
SHOWN = 6  # options before “All …”


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    count: str  # in the reader's way of writing numbers; "" where it is not known
    checked: bool
    id: str  # of its control in the page


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: `shown` at once, `more` behind “All 25 countries”."""

    name: str
    legend: str
    shown: list[Option]
    more: list[Option]
    more_label: str


@dataclass(frozen=True, slots=True)
class Facets:
    """All filters of a search, and how many companies it finds."""

    total: int  # CAP + 1 stands for more than CAP
    filters: list[Facet]
    names: dict[str, str]  # by slug: the top categories, and the ones chosen

    @property
    def total_label(self) -> str:
        """The number as shown: "10,000+" past the cap."""
        return f"{_number(CAP)}+" if self.total > CAP else _number(self.total)


def facets(search: CompanySearch) -> Facets:
    """Count once for everything: two queries."""
    counts = _counts(search)
    total = counts.pop(("total", ""), 0)
    categories = Category.objects.tops() | Category.objects.filter(slug__in=search.industry)
    names = dict(categories.values_list("slug", "name"))
    labels = {
        "country": {code: country_name(code) for facet, code in counts if facet == "country"},
        "industry": names,
        "business_type": {code: str(label) for code, label in BusinessType.choices},
        "headcount": {code: str(label) for code, label in HeadcountBand.choices},
    }
    labels["country"] |= {code: country_name(code) for code in search.country}
    options = {
        name: [
            Option(
                value=value,
                label=label,
                count=_shown(counts.get((name, value)), total),
                checked=value in getattr(search, name),
                id=f"{name}-{value}".replace("+", "-more"),
            )
            for value, label in sorted(known.items(), key=lambda pair: _rank(name, pair, counts))
            if counts.get((name, value)) or value in getattr(search, name)
        ]
        for name, known in labels.items()
    }
    return Facets(
        total=total,
        filters=[
            _facet("industry", _("Industry"), options, _("All %(number)s industries")),
            _facet("country", _("Country"), options, _("All %(number)s countries")),
            _facet("business_type", _("Business type"), options, _("All %(number)s business types")),
            _facet("headcount", _("People"), options, ""),
        ],
        names=names,
    )


def _counts(search: CompanySearch) -> dict[tuple[str, str], int]:
    """(filter, value) → companies, each filter counted as if it were not set. One query."""
    through = Company.industries.through.objects
    country = _within(Company.objects, "pk", search, "country").annotate(value=Cast("country", TextField()))
    headcount = _within(Company.objects, "pk", search, "headcount").annotate(value=Cast("headcount_band", TextField()))
    kinds = _within(Company.objects, "pk", search, "business_type").annotate(
        value=Func(F("business_types"), function="unnest", output_field=TextField(), set_returning=True)
    )
    industry = _within(through, "company_id", search, "industry").annotate(
        value=Cast(Coalesce("category__parent__slug", "category__slug"), TextField())
    )
    total = _within(Company.objects, "pk", search, "").annotate(value=Value("", output_field=TextField()))
    parts = [
        _tally("total", total),
        _tally("country", country),
        _tally("headcount", headcount),
        _tally("business_type", kinds),
        _tally("industry", industry, "company_id"),
    ]
    rows = parts[0].union(*parts[1:], all=True)
    return {(facet, value): number for facet, value, number in rows if facet == "total" or value}


def _within(rows: Any, key: str, search: CompanySearch, ignoring: str) -> QuerySet[Any]:
    """The rows of at most CAP + 1 of the companies found, newest first."""
    found = search.found(ignoring=ignoring).order_by("-created_at", "-id").values("pk")[: CAP + 1]
    within: QuerySet[Any] = rows.filter(**{f"{key}__in": found})
    return within


def _tally(facet: str, rows: QuerySet[Any], key: str = "pk") -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(facet=Value(facet, output_field=TextField())).values("facet", "value")
    numbered = named.annotate(number=Count(key, distinct=True)).values_list("facet", "value", "number")
    tally: QuerySet[Any] = numbered.order_by()  # an order of the model's own would split the groups
    return tally


def _rank(name: str, pair: tuple[str, str], counts: dict[tuple[str, str], int]) -> tuple[int, str]:
    """Most companies first where the list is long; the others stay in their own order (sorting is stable)."""
    if name == "headcount":
        return (0, "")
    return (-counts.get((name, pair[0]), 0), pair[1])


def _facet(name: str, legend: str, options: dict[str, list[Option]], more_label: str) -> Facet:
    """Chosen options are never hidden behind “All …”."""
    found = options[name]
    if not more_label or len(found) <= SHOWN + 1:
        return Facet(name, legend, found, [], "")
    shown = [option for place, option in enumerate(found) if place < SHOWN or option.checked]
    more = [option for option in found if option not in shown]
    return Facet(name, legend, shown, more, more_label % {"number": _number(len(found))} if more else "")


def _shown(count: int | None, total: int) -> str:
    """Past the cap the counts are those of the newest companies only, and better not shown."""
    return "" if count is None or total > CAP else _number(count)


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
