"""The pages of categories and countries: facts from the last count, and the newest leads of this moment."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from offerboard.models import Lead
from offerboard.search import PAGE
from offerboard.services.counting import refresh_counts
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    MemberFactory,
    TopCategoryFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def read(address: str) -> str:
    """The page as visitors get it, after a count."""
    refresh_counts(now=NOW)
    response = Client().get(address)
    assert response.status_code == 200
    return response.text


def leads(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/leads/([^/"]+)/">', page)


def parts(page: str) -> list[tuple[str, str, str]]:
    """Addresses of the board, names and counts."""
    return re.findall(r'class="cat" href="(/leads/[^"]+)">([^<]+)<span class="n">([\d,]+)', page)


def crumbs(page: str) -> list[tuple[str, str]]:
    """The way to the page as search engines are told."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    path = next(data for data in map(json.loads, blocks) if data["@type"] == "BreadcrumbList")
    return [(step["name"], step["item"].removeprefix("http://localhost:8000")) for step in path["itemListElement"]]


@pytest.fixture
def drinks() -> Any:
    """A branch with two leaves: three leads from Viet Nam, one from Kenya."""
    top = TopCategoryFactory(slug="drinks", name="Drinks")
    coffee = CategoryFactory(slug="raw-coffee", name="Raw coffee", parent=top)
    tea = CategoryFactory(slug="white-tea", name="White tea", parent=top)
    viet, kenya = CompanyFactory(country="VN"), CompanyFactory(country="KE")
    LeadFactory(slug="coffee-1", category=coffee, company=viet, posted_at=NOW - timedelta(hours=5))
    LeadFactory(slug="coffee-2", category=coffee, company=viet, posted_at=NOW - timedelta(hours=3))
    LeadFactory(slug="tea-1", category=tea, company=viet, posted_at=NOW - timedelta(hours=4), kind="buy_inquiry")
    LeadFactory(slug="tea-2", category=tea, company=kenya, posted_at=NOW - timedelta(hours=2))
    return top


@pytest.mark.usefixtures("drinks")
def test_a_category_says_in_figures_what_is_traded_in_it() -> None:
    page = read("/categories/drinks/")

    words = "3 sell offers and 1 buy inquiry from 2 companies in 2 countries. Most are from: Viet Nam (3), Kenya (1)."
    assert words in page
    assert f'<meta name="description" content="Drinks: {words}">' in page
    assert leads(page) == ["tea-2", "coffee-2", "tea-1", "coffee-1"]
    assert parts(page) == [
        ("/leads/?category=drinks&amp;country=VN", "Viet Nam", "3"),
        ("/leads/?category=drinks&amp;country=KE", "Kenya", "1"),
    ]
    assert 'href="/leads/?kind=buy_inquiry&amp;category=drinks"' in page
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Drinks" href="/categories/drinks/feed.atom">' in page
    )


@pytest.mark.usefixtures("drinks")
def test_a_leaf_names_its_neighbours_and_the_way_to_it() -> None:
    page = read("/categories/raw-coffee/")

    assert "2 sell offers from 1 company in Viet Nam." in page
    assert leads(page) == ["coffee-2", "coffee-1"]
    neighbours = page[page.index('id="neighbours"') :]
    assert re.findall(r'class="cat" href="([^"]+)">([^<]+)<span class="n">(\d+)', neighbours) == [
        ("/categories/white-tea/", "White tea", "2")
    ]
    assert crumbs(page) == [
        ("Categories", "/categories/"),
        ("Drinks", "/categories/drinks/"),
        ("Raw coffee", "/categories/raw-coffee/"),
    ]


def test_beyond_one_page_of_leads_the_board_has_them_all() -> None:
    category = CategoryFactory(slug="raw-coffee")
    LeadFactory.create_batch(PAGE + 3, category=category, company=CompanyFactory())

    page = read("/categories/raw-coffee/")

    assert len(leads(page)) == PAGE
    assert f'href="/leads/?category=raw-coffee">See all {PAGE + 3} leads</a>' in page


def test_a_lead_stands_in_its_category_before_it_is_counted_and_the_page_says_no_wrong_number() -> None:
    category = CategoryFactory(slug="raw-coffee")
    LeadFactory(slug="first", category=category)

    page = Client().get("/categories/raw-coffee/").text

    assert leads(page) == ["first"]
    assert ("See all" in page, "sell offer from" in page) == (False, False)


def test_an_empty_category_says_what_to_do_and_is_not_for_search_engines() -> None:
    CategoryFactory(slug="raw-coffee", name="Raw coffee")

    page = read("/categories/raw-coffee/")

    assert ("No leads here yet" in page, 'content="noindex, follow"' in page) == (True, True)


@pytest.mark.usefixtures("drinks")
def test_a_country_says_what_its_companies_trade() -> None:
    page = read("/countries/vn/")

    assert "2 sell offers and 1 buy inquiry from 1 company in Viet Nam. Most are about: Raw coffee (2)" in page
    assert leads(page) == ["coffee-2", "tea-1", "coffee-1"]
    assert parts(page)[:2] == [
        ("/leads/?category=raw-coffee&amp;country=VN", "Raw coffee", "2"),
        ("/leads/?category=white-tea&amp;country=VN", "White tea", "1"),
    ]
    assert '<link rel="canonical" href="http://localhost:8000/countries/vn/">' in page
    assert crumbs(page) == [("Countries", "/countries/"), ("Viet Nam", "/countries/vn/")]


@pytest.mark.usefixtures("drinks")
def test_countries_stand_by_region_with_their_leads() -> None:
    page = read("/countries/")

    found = re.findall(r'<h2 id="region-\d">([^<]+)</h2>|class="cat" href="([^"]+)">([^<]+)<span class="n">(\d+)', page)
    assert found == [
        ("Africa", "", "", ""),
        ("", "/countries/ke/", "Kenya", "1"),
        ("Asia", "", "", ""),
        ("", "/countries/vn/", "Viet Nam", "3"),
    ]


def test_an_unknown_country_is_not_found_and_an_empty_one_is_friendly() -> None:
    assert [Client().get(f"/countries/{code}/").status_code for code in ("xx", "vnm", "v1")] == [404, 404, 404]
    moved = Client().get("/countries/VN/")
    assert (moved.status_code, moved["Location"]) == (301, "/countries/vn/")
    page = read("/countries/ki/")
    assert ("No leads here yet" in page, 'content="noindex, follow"' in page) == (True, True)


def test_a_whole_branch_shows_its_newest_even_when_they_all_stand_in_one_leaf() -> None:
    top = TopCategoryFactory(slug="drinks")
    busy, quiet = CategoryFactory(parent=top), CategoryFactory(parent=top)
    LeadFactory(slug="quiet", category=quiet, posted_at=NOW - timedelta(days=9))
    LeadFactory.create_batch(PAGE, category=busy)

    shown = leads(read("/categories/drinks/"))

    assert shown == list(Lead.objects.filter(category=busy).newest_first().values_list("slug", flat=True))


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize("address", ["/categories/drinks/", "/categories/raw-coffee/", "/countries/vn/", "/countries/"])
def test_the_pages_keep_their_budget_however_much_there_is(
    address: str, number: int, client: Client, django_assert_max_num_queries: Any
) -> None:
    top = TopCategoryFactory(slug="drinks")
    leaf = CategoryFactory(slug="raw-coffee", parent=top)
    for _ in range(number):
        company = VerificationFactory().company
        company.industries.add(leaf)
        LeadFactory(company=company, category=leaf)
        LeadFactory(company=company, category=CategoryFactory(parent=top))
    refresh_counts(now=NOW)
    with django_assert_max_num_queries(6):
        Client().get(address)
    client.force_login(MemberFactory(company=CompanyFactory()))
    client.get(address)  # the first request of a session also writes down that it began

    with django_assert_max_num_queries(10):
        client.get(address)
