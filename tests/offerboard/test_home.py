"""The home page: true figures, what is new, and a search that leads to the board."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from directory.models import Company
from offerboard.services.counting import refresh_counts
from privacy.models import PolicyVersion
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


def read(client: Client | None = None) -> str:
    """The home page after a count, to a visitor unless a client says otherwise."""
    refresh_counts(now=NOW)
    response = (client or Client()).get("/")
    assert response.status_code == 200
    return response.content.decode()


def section(page: str, name: str) -> str:
    """The page from this heading to the next section's end."""
    begin = page.index(f'id="{name}"')
    return page[begin : page.index("</section>", begin)]


def leads(part: str) -> list[str]:
    """The leads in this part of the page, in order."""
    return re.findall(r'<h3><a href="/leads/([^/"]+)/">', part)


def test_the_figures_are_counted_from_what_is_public() -> None:
    vietnamese = CompanyFactory(country="VN")
    LeadFactory.create_batch(2, company=vietnamese)
    LeadFactory(company=CompanyFactory(country="KE"))
    LeadFactory(company=CompanyFactory(country="IN"), state="draft")
    LeadFactory(company=CompanyFactory(country="PE", state=Company.State.SUSPENDED))

    page = read()

    assert "Trade leads from 2 companies in 2 countries." in page
    countries = re.findall(r'<option value="(\w*)">', page)
    assert countries == ["", "KE", "VN"]


def test_an_empty_market_says_what_to_do() -> None:
    page = read()

    assert ("Nobody offers anything yet." in page, "Nobody asks for anything yet." in page) == (True, True)


def test_branches_count_the_leads_inside_them_and_the_largest_stand_first() -> None:
    drinks, metals = TopCategoryFactory(slug="drinks", name="Drinks"), TopCategoryFactory(slug="metals", name="Metals")
    for _ in range(2):
        LeadFactory(category=CategoryFactory(parent=metals))
    LeadFactory(category=CategoryFactory(parent=drinks))

    shelves = re.findall(r'class="cat" href="([^"]+)">([^<]+)<span class="n">(\d+)', read())

    assert shelves[:2] == [("/leads/?category=metals", "Metals", "2"), ("/leads/?category=drinks", "Drinks", "1")]


def test_the_four_newest_of_each_kind_stand_apart() -> None:
    for hours in range(1, 7):
        LeadFactory(slug=f"sell-{hours}", posted_at=NOW - timedelta(hours=hours))
    LeadFactory(slug="buy", kind="buy_inquiry", posted_at=NOW - timedelta(hours=99))

    page = read()

    assert leads(section(page, "newest-sell")) == ["sell-1", "sell-2", "sell-3", "sell-4"]
    assert leads(section(page, "newest-buy")) == ["buy"]
    assert "All 6 sell offers" in page


def test_recently_verified_companies_are_listed_and_their_claims_hold() -> None:
    for days in (5, 3):
        company = CompanyFactory(legal_name=f"Checked {days} days ago")
        VerificationFactory(company=company, checked_at=NOW - timedelta(days=days))
    VerificationFactory(company=CompanyFactory(legal_name="Lapsed"), valid_until=NOW)
    VerificationFactory(company=CompanyFactory(legal_name="Hidden", state=Company.State.HIDDEN))
    VerificationFactory(company=CompanyFactory(legal_name="Only its address"), claim="address")

    names = re.findall(r"<h3><a [^>]+><bdi>([^<]+)</bdi>", section(read(), "verified"))

    assert names == ["Checked 3 days ago", "Checked 5 days ago"]


def test_the_search_form_leads_to_the_board() -> None:
    LeadFactory(slug="wanted", country="VN")
    LeadFactory(slug="other", country="KE")
    assert '<form class="find" action="/leads/"' in read()

    board = Client().get("/leads/", {"kind": "", "q": "coffee", "country": "VN"}).content.decode()

    assert leads(board) == ["wanted"]


def test_an_announced_policy_is_news_until_it_takes_effect() -> None:
    PolicyVersion.objects.create(
        kind="privacy", number=99, body="Shorter.", published_at=NOW, effective_at=NOW + timedelta(days=30)
    )
    assert "On 22 Dec 2026 a new version takes effect" in read()

    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        assert "a new version takes effect" not in read()


def fill(number: int) -> None:
    """So many leads of both kinds, each of a verified company."""
    for _ in range(number):
        LeadFactory(company=VerificationFactory().company)
        LeadFactory(company=VerificationFactory().company, kind="buy_inquiry")


@pytest.mark.parametrize("number", [1, 12])
def test_a_visitor_costs_five_queries_however_much_there_is(number: int, django_assert_num_queries: Any) -> None:
    fill(number)
    refresh_counts(now=NOW)

    with django_assert_num_queries(5):
        Client().get("/")


def test_leads_stand_here_before_they_are_counted() -> None:
    LeadFactory.create_batch(2)

    page = Client().get("/").content.decode()

    assert len(leads(section(page, "newest-sell"))) == 2
    assert "All 2 sell offers" in page


def test_a_member_costs_ten_queries_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    fill(3)
    client.force_login(MemberFactory(company=CompanyFactory()))
    read(client)  # the first request of a session also writes down that it began

    with django_assert_max_num_queries(10):
        client.get("/")
