"""Companies and categories as partners and members' programs read them."""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, TextField, When
from django.db.models.functions import JSONObject

from directory.codes import BusinessType, HeadcountBand, TurnoverBand
from directory.models import Category, Company, TeamMember, Verification
from directory.selectors.owners import staying_owners
from partners.fields import (
    ADDRESS,
    COUNTRY,
    MOMENT,
    Field,
    Schema,
    address,
    media_address,
    nullable,
    one_of,
    perhaps,
    several,
    stated,
)
from partners.scopes import Scope
from partners.sources import Source, register_source

CLAIM: Schema = {
    "type": "object",
    "properties": {
        "claim": one_of(Verification.Claim.values),
        "checked_at": MOMENT,
        "valid_until": MOMENT,
    },
    "required": ["claim", "checked_at", "valid_until"],
}


def listed_companies(_now: datetime) -> QuerySet[Any]:
    """What the directory shows."""
    return Company.objects.listed()


def all_categories(_now: datetime) -> QuerySet[Any]:
    """The whole tree."""
    return Category.objects.order_by()


@cache
def company_shape(site: str) -> tuple[Field, ...]:
    """The fields of a company: what its page shows to everyone. Telephone, street and website are not among it."""
    return (
        stated("id", "Names the company for as long as it is listed.", of="slug"),
        Field("url", address(f"{site}/companies/", "slug", "/"), ADDRESS, "Its page on the market."),
        stated("name", "Its name in law.", of="legal_name"),
        perhaps("trade_name", "What it is called in trade."),
        perhaps("description", "Plain text; lines are parted by newlines."),
        stated("country", "ISO 3166-1 alpha-2.", schema=COUNTRY),
        perhaps("region", "Region or state."),
        stated("city", "Its city."),
        stated("business_types", "What it does.", schema=several(one_of(BusinessType.values))),
        Field("industries", _industries(), several({"type": "string"}), "The ids of its categories."),
        perhaps("turnover_band", "Sales of a year in US dollars.", schema=one_of(TurnoverBand.values)),
        perhaps("headcount_band", "How many people work for it.", schema=one_of(HeadcountBand.values)),
        stated("year_established", "Since when it exists.", schema=nullable({"type": "integer"})),
        stated("main_markets", "Countries it sells to most.", schema=several(COUNTRY)),
        stated("languages", "What it can be written to in, BCP 47.", schema=several({"type": "string"})),
        Field("logo", _logo(site), nullable(ADDRESS), "Its picture, square."),
        Field(
            "verifications", _claims(), several(CLAIM), "The latest of each check by our staff; it holds until its day."
        ),
        stated("joined_at", "When it joined the market.", of="created_at", schema=MOMENT),
        stated("updated_at", "When it last changed its profile.", schema=MOMENT),
    )


@cache
def category_shape(site: str) -> tuple[Field, ...]:
    """The fields of a category."""
    return (
        stated("id", "Names the category, also when it moves in the tree.", of="slug"),
        Field("url", address(f"{site}/categories/", "slug", "/"), ADDRESS, "Its page on the market."),
        stated("name", "In traders’ words, English."),
        stated("parent", "The id of the category it lies in; null at the top.", of="parent__slug", schema=PARENT),
        stated("hs_codes", "Chapters or headings of the Harmonized System.", schema=several({"type": "string"})),
        stated("hs_edition", "The edition of those codes.", schema={"type": "integer"}),
    )


PARENT = nullable({"type": "string"})


def _gone(slug: str, _now: datetime) -> bool | None:
    """Closed for good, about to close as its owners leave, or suspended by staff.

    What its owner hides, as what was never listed, is not there.
    """
    company = Company.objects.filter(slug=slug).only("state", "suspended_from").first()
    if company is None:
        return None
    if company.state == Company.State.HIDDEN:
        owners = TeamMember.objects.filter(company=company, role=TeamMember.Role.OWNER)
        return owners.exists() and not staying_owners().filter(company=company).exists()
    suspended = company.state == Company.State.SUSPENDED and company.suspended_from != Company.State.DRAFT
    return suspended or company.state == Company.State.CLOSED


def _logo(site: str) -> Case:
    return Case(When(logo="", then=None), default=media_address(site, "logo"), output_field=TextField())


def _industries() -> ArraySubquery:
    return ArraySubquery(Category.objects.filter(companies=OuterRef("pk")).order_by("slug").values("slug"))


def _claims() -> ArraySubquery:
    """The latest of each, as on the company's page."""
    rows = Verification.objects.filter(company=OuterRef("pk")).order_by("claim", "-checked_at", "pk").distinct("claim")
    claim = JSONObject(claim=F("claim"), checked_at=F("checked_at"), valid_until=F("valid_until"))
    return ArraySubquery(rows.values(row=claim))


COMPANIES = Source(
    kind="company",
    plural="companies",
    scope=Scope.COMPANIES_READ,
    about="A business that the directory lists.",
    public=listed_companies,
    shape=company_shape,
    has_gone=_gone,
)
CATEGORIES = Source(
    kind="category",
    plural="categories",
    scope=Scope.LEADS_READ,
    about="A shelf of the market; two levels, mapped to the Harmonized System.",
    public=all_categories,
    shape=category_shape,
)


def register() -> None:
    """Let others pull companies and categories."""
    register_source(COMPANIES)
    register_source(CATEGORIES)
