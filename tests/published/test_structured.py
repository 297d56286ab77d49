"""What our pages tell search engines is all understood: each property and type is one of schema.org's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from directory.models import Company
from offerboard.models import Lead
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory
from tests.offerboard.test_lead_page import add_pictures
from tests.published.structured import blocks, broken_rules

pytestmark = pytest.mark.django_db
EVERYTHING = {
    "brand": "Dak Hoa",
    "model": "S18",
    "hs_code": "090111",
    "destinations": ["DE", "NL"],
    "lead_time_days": 21,
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def lead(**more: Any) -> str:
    """A lead that says everything that there is to say."""
    made: Lead = LeadFactory(**EVERYTHING | {"condition": "used"} | more)
    add_pictures(made, 2)
    return made.get_absolute_url()


def company() -> str:
    made: Company = CompanyFactory(
        trade_name="Dak Hoa",
        description="We polish Robusta.",
        region="Đắk Lắk",
        year_established=1998,
        languages=["en", "vi"],
        logo="logos/dak-hoa.webp",
    )
    return made.get_absolute_url()


def category() -> str:
    made = CategoryFactory(slug="tea-1")
    LeadFactory(category=made)
    return "/categories/tea-1/"


def country() -> str:
    LeadFactory()
    return "/countries/vn/"


PAGES: dict[str, tuple[Callable[[], str], list[str]]] = {
    "a sell offer": (lead, ["Offer", "BreadcrumbList"]),
    "a sell offer of new goods": (lambda: lead(condition="new"), ["Offer", "BreadcrumbList"]),
    "a sell offer without a price": (lambda: lead(price=None, currency=""), ["Offer", "BreadcrumbList"]),
    "a buy inquiry": (lambda: lead(kind="buy_inquiry"), ["Organization", "BreadcrumbList"]),
    "a company": (company, ["Organization", "BreadcrumbList"]),
    "a category": (category, ["BreadcrumbList"]),
    "all categories": (lambda: "/categories/", ["BreadcrumbList"]),
    "a country": (country, ["BreadcrumbList"]),
    "all countries": (lambda: "/countries/", ["BreadcrumbList"]),
}


@pytest.mark.parametrize("page", PAGES)
def test_all_that_is_told_of(page: str) -> None:
    address, things = PAGES[page]
    found = blocks(Client().get(address()).text)

    assert [one["@type"] for block in found for one in block.get("@graph", [block])] == things
    assert [wrong for block in found for wrong in broken_rules(block)] == []


OFFER = {"@context": "https://schema.org", "@type": "Offer", "url": "https://market.example/leads/tea/", "name": "Tea"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "with a property that does not exist": ({"validTrough": "2026-12-24"}, "validTrough is lost"),
    "of a type that does not exist": ({"@type": "SellOffer"}, "SellOffer is no type of schema.org"),
    "with a property of something else": ({"foundingDate": "1998"}, "Offer has no foundingDate"),
    "with an address that is not whole": ({"url": "/leads/tea/"}, "/leads/tea/ is no whole address"),
    "with a property of something inside": (
        {"itemOffered": {"@type": "Product", "eligibleQuantity": 1}},
        "Product has no eligibleQuantity",
    ),
    "with something inside of no type": ({"seller": {"name": "Dak Hoa"}}, "nothing has no name"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_rules_find_an_offer(wrong: str) -> None:
    more, sentence = WRONG[wrong]

    assert broken_rules(OFFER) == []
    assert sentence in broken_rules(OFFER | more)
