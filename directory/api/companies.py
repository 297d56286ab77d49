"""GET /api/v1/companies/ and /api/v1/companies/<id>/."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from directory.api.category_ids import CategoryIds
from directory.codes import BusinessType, HeadcountBand
from directory.forms import MOST_LETTERS
from directory.places import COUNTRIES
from directory.pulled import COMPANIES
from directory.selectors.company_order import company_numbers
from directory.selectors.search import BY_NAME, FILTERS, NEWEST, CompanySearch
from partners.api.things import Asked, Found, Thing, Things
from partners.choosing import Code, Codes
from partners.parameters import PageQuery


class CompaniesQuery(PageQuery):
    """The directory's filters under the names of its address."""

    q = serializers.CharField(
        required=False, max_length=MOST_LETTERS, help_text="Words of the names, the city or the description; all."
    )
    country = Codes(known=COUNTRIES, about="ISO 3166-1 alpha-2.")
    industry = CategoryIds()
    business_type = Codes(known=BusinessType.values, about="What it does.")
    headcount = Codes(known=HeadcountBand.values, about="How many people work for it.")
    sort = Code(known=[NEWEST, BY_NAME], default=NEWEST, about="The newest first, or by name.")


class Companies(Things):
    """What the directory shows, by its own search."""

    source, scope, query = COMPANIES, COMPANIES.scope, CompaniesQuery

    def find(self, asked: Asked, *, after: str, most: int, now: datetime) -> Found:
        """As the directory would, but more at once."""
        chosen: dict[str, Any] = {name: tuple(asked.get(name, ())) for name in FILTERS}
        search = CompanySearch(q=asked.get("q", ""), sort=asked["sort"], **chosen)
        return Found(*company_numbers(search, after=after, most=most))


class OneCompany(Thing):
    """A company."""

    source, scope = COMPANIES, COMPANIES.scope
