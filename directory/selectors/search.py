"""What somebody looks for among the companies, and the question to the database that follows from it."""

from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from directory.models import Company
from directory.models.company import CompanyQuerySet

NEWEST, BY_NAME = "newest", "name"
FILTERS = ("country", "industry", "business_type", "headcount")  # also the words in the address


@dataclass(frozen=True, slots=True)
class CompanySearch:
    """A question to the directory, already free of what makes no sense; it is also the page's address."""

    q: str = ""
    country: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    industry: tuple[str, ...] = ()  # slugs of categories
    business_type: tuple[str, ...] = ()
    headcount: tuple[str, ...] = ()
    sort: str = NEWEST
    after: str = ""  # the slug of the last company on the page before

    @property
    def url(self) -> str:
        """The address of this very page."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(name, value) for name in FILTERS for value in getattr(self, name)]
        if self.sort != NEWEST:
            pairs.append(("sort", self.sort))
        if self.after:
            pairs.append(("after", self.after))
        path = reverse("directory:companies")
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def but(self, **changes: Any) -> Self:
        """The same question with something changed, from its first page."""
        return replace(self, **{"after": "", **changes})

    def without(self, name: str, value: str) -> Self:
        """The same question with one filter taken away."""
        return self.but(**{name: tuple(kept for kept in getattr(self, name) if kept != value)})

    def found(self, *, ignoring: str = "") -> CompanyQuerySet:
        """All listed companies that fit; `ignoring` leaves one filter out, as that filter's own counts need."""
        companies = Company.objects.listed()
        if self.q:
            companies = companies.matching(self.q)
        for name in FILTERS:
            if name != ignoring and (chosen := getattr(self, name)):
                companies = companies.filter(_condition(name, chosen))
        return companies


def _condition(name: str, chosen: tuple[str, ...]) -> Q:
    """One filter: several choices within it widen the answer."""
    if name == "industry":
        working = Company.industries.through.objects.filter(
            Q(category__slug__in=chosen) | Q(category__parent__slug__in=chosen)
        )
        return Q(pk__in=working.values("company_id"))
    if name == "business_type":
        return Q(business_types__overlap=list(chosen))
    return Q(headcount_band__in=chosen) if name == "headcount" else Q(country__in=chosen)
