"""The board's page: addresses, errors, empty answers, what it costs, and what it leaves behind."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.html import escape

from offerboard.models import Lead
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


def read(address: str, **headers: str) -> str:
    """The page as a visitor gets it."""
    response = Client().get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def titles(page: str) -> list[str]:
    """The leads on the page, in order."""
    return re.findall(r'<h3><a href="/leads/([^/"]+)/">', page)


def chips(page: str) -> dict[str, str]:
    """What each chip says, and where it leads."""
    found = re.findall(r'class="chip" href="([^"]+)"><span><span[^>]*>[^<]*</span>([^<]+)<', page)
    return {label.strip(): address.replace("&amp;", "&") for address, label in found}


# --- cards --------------------------------------------------------------------------------------------------------


def test_a_card_says_what_who_where_and_whether_it_was_verified() -> None:
    company = CompanyFactory(legal_name="Đắk Hòa Agricultural Products", country="VN")
    VerificationFactory(company=company, checked_at=NOW.replace(month=3))
    LeadFactory(company=company, posted_at=NOW - timedelta(hours=3), payment_terms="lc_sight", quantity=Decimal("19.2"))

    page = read("/leads/")

    for words in (
        "Sell offer",
        "3 hours ago",
        'title="22 November 2026, 09:00 UTC"',
        "USD 4,180",
        "per tonne",
        "19.2 t",
        "FOB Hồ Chí Minh City",
        "L/C at sight",
        "Đắk Hòa Agricultural Products",
        "Identity verified Mar 2026",
    ):
        assert words in page


@pytest.mark.parametrize(("kind", "words"), [("sell_offer", "Price on request"), ("buy_inquiry", "Open to offers")])
def test_a_missing_price_is_said_never_blank(kind: str, words: str) -> None:
    LeadFactory(kind=kind, price=None, currency="", incoterm="", place="")

    page = read("/leads/")

    assert (words in page, "Not stated" in page) == (True, True)


def test_a_lead_about_to_end_says_so() -> None:
    LeadFactory(expires_at=NOW + timedelta(days=2, hours=1))

    assert "Ends in 2 days" in read("/leads/")


def test_the_badge_goes_when_the_claim_lapses() -> None:
    claim = VerificationFactory(valid_until=NOW + timedelta(days=1))
    LeadFactory(company=claim.company, expires_at=NOW + timedelta(days=9))
    assert 'class="verified"' in read("/leads/")

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        page = read("/leads/")

    assert ('class="verified"' in page, "Not verified" in page) == (False, True)


def test_what_a_company_writes_is_text_and_never_code() -> None:
    payload = """"><script>alert(1)</script><img src=x onerror=alert(1)>'"""
    company = CompanyFactory(legal_name=payload)
    LeadFactory(company=company, title=payload, place=payload)

    page = read("/leads/")

    assert escape(payload) in page
    assert ("<script>alert" in page, "<img src=x" in page) == (False, False)


# --- filters ------------------------------------------------------------------------------------------------------


def test_a_readable_address_finds_what_it_says() -> None:
    coffee = CategoryFactory(slug="peaberry")
    LeadFactory(slug="wanted", category=coffee, country="VN")
    LeadFactory(slug="other-country", category=coffee, country="KE")
    LeadFactory(slug="other-kind", category=coffee, country="VN", kind="buy_inquiry")
    LeadFactory(slug="other-category", country="VN")

    page = read("/leads/?q=coffee&kind=sell_offer&country=VN&category=peaberry")

    assert titles(page) == ["wanted"]
    assert "1 lead" in page


def test_each_chip_takes_one_filter_away() -> None:
    top = TopCategoryFactory(slug="drinks", name="Drinks")
    LeadFactory(category=CategoryFactory(slug="white-tea", name="White tea", parent=top))

    page = read(
        "/leads/?q=tea&category=white-tea&country=PE&country=KE&within=7d&price_min=10&currency=USD&quantity=5&unit=TNE&verified=1"
    )

    found = chips(page)
    assert set(found) == {
        "“tea”",
        "White tea",
        "Peru",
        "Kenya",
        "Posted within 7 days",
        "From USD 10",
        "At least 5 t",
        "Identity verified",
    }
    rest = "within=7d&price_min=10&currency=USD&quantity=5&unit=TNE&verified=1"
    assert found["Peru"] == f"/leads/?q=tea&category=white-tea&country=KE&{rest}"
    assert found["From USD 10"] == (
        "/leads/?q=tea&category=white-tea&country=PE&country=KE&within=7d&quantity=5&unit=TNE&verified=1"
    )


def test_a_category_chosen_inside_a_branch_narrows_the_branch() -> None:
    drinks = TopCategoryFactory(slug="drinks", name="Drinks")
    LeadFactory(slug="tea-lead", category=CategoryFactory(slug="white-tea", name="White tea", parent=drinks))
    LeadFactory(slug="juice-lead", category=CategoryFactory(slug="birch-juice", parent=drinks))

    assert set(titles(read("/leads/?category=drinks"))) == {"tea-lead", "juice-lead"}
    page = read("/leads/?category=drinks&category=white-tea")
    assert titles(page) == ["tea-lead"]
    assert chips(page)["White tea"] == "/leads/?category=drinks"


def test_tabs_count_both_kinds_and_keep_the_filters() -> None:
    LeadFactory.create_batch(2, country="VN")
    LeadFactory(country="VN", kind="buy_inquiry")
    LeadFactory(country="KE")

    page = read("/leads/?country=VN&kind=buy_inquiry")

    tabs = re.findall(r'<a id="tab-\d" href="([^"]+)"( aria-current="page")?>([\w ]+) <span class="n">([\d,+]+)', page)
    assert tabs == [
        ("/leads/?country=VN", "", "All", "3"),
        ("/leads/?kind=sell_offer&amp;country=VN", "", "Sell offers", "2"),
        ("/leads/?kind=buy_inquiry&amp;country=VN", ' aria-current="page"', "Buy inquiries", "1"),
    ]


def test_to_sort_by_price_one_chooses_a_currency() -> None:
    LeadFactory(slug="dear", price=Decimal(9))
    LeadFactory(slug="cheap", price=Decimal(5))
    LeadFactory(slug="euro", currency="EUR", posted_at=NOW - timedelta(hours=1))

    page = read("/leads/?sort=price")
    assert titles(page)[0] == "euro"  # the newest
    assert "Prices compare within one currency only" in page
    assert 'href="/leads/?currency=USD&amp;sort=price">USD</a>' in page

    assert titles(read("/leads/?sort=price&currency=USD")) == ["cheap", "dear"]


@pytest.mark.parametrize(
    "query",
    [
        "country=XX",
        "country=vn&country=%00",
        "category=no-such-category",
        "category=%27%3B--",
        "kind=both",
        "kind=sell_offer%00",
        "within=1y",
        "condition=broken&incoterm=XYZ",
        "currency=ZZZ",
        "unit=STONE",
        "sort=random",
        "after=junk",
        "after=%F0%9F%99%82",
        "after=" + "A" * 5000,
        "verified=maybe&unknown=1",
        "&".join(f"category=a{n}" for n in range(400)),
    ],
)
def test_values_that_nobody_knows_are_passed_over(query: str) -> None:
    LeadFactory(slug="there", posted_at=NOW - timedelta(hours=1))

    assert titles(read(f"/leads/?{query}")) == ["there"] or "verified=maybe" in query


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("category=no-such-category&country=vn&country=QQ", "Company’s country, Category."),
        ("kind=both", "Kind of lead."),
        ("country=KE&country=XX", "Company’s country."),
        ("price_min=abc&currency=USD&unit=STONE", "Unit."),
    ],
)
def test_the_page_says_which_filters_name_something_that_nobody_knows(query: str, named: str) -> None:
    assert f"The list is not narrowed by it: {named}" in read(f"/leads/?{query}")


def test_of_a_page_whose_filters_are_all_known_nothing_is_said() -> None:
    assert "that we do not know" not in read("/leads/?q=beans&kind=&country=KE&price_min=4,180&currency=USD&sort=price")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("price_min=abc&currency=USD", "Enter a number, such as 4180"),
        ("price_min=-5&currency=USD", "Enter a number above zero."),
        ("price_min=1e400&currency=USD", "Enter a number, such as 4180"),
        ("price_max=" + "9" * 30 + "&currency=USD", "This number is too large."),
        ("price_min=10", "Choose a currency"),
        ("price_min=10&price_max=9&currency=USD", "This is less than “From”."),
        ("quantity=5", "Choose a unit"),
        ("quantity=NaN&unit=TNE", "Enter a number, such as 4180"),
        ("q=" + "x" * 10_000, "At most 200 characters."),
        ("q=%00", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_other_filters_hold(query: str, error: str) -> None:
    LeadFactory(slug="kenyan", country="KE")
    LeadFactory(slug="indian", country="IN")

    page = read(f"/leads/?country=KE&{query}")

    assert error in page
    assert "Ensure this value" not in page
    assert titles(page) == ["kenyan"]
    assert "Kenya" in chips(page)


def test_too_many_words_are_refused_in_one_sentence_and_the_box_takes_no_more() -> None:
    page = read("/leads/?q=" + "x" * 3000)

    assert page.count("At most 200 characters.") == 1
    assert "This is not used" not in page
    assert re.search(r'<input [^>]*name="q"[^>]* maxlength="200"', page)


@pytest.mark.parametrize(
    "words", ['"', "a&b|!(c", "'; DROP TABLE x; --", "🙂", "قهوة خضراء", "<script>alert(1)</script>"]
)
def test_any_words_get_an_answer_and_come_back_as_text(words: str) -> None:
    response = Client().get("/leads/", {"q": words})

    assert response.status_code == 200
    assert f'value="{escape(words)}"' in response.content.decode()


def test_an_empty_answer_says_what_to_do_next() -> None:
    LeadFactory()

    nothing_fits = read("/leads/?q=unobtainium")
    assert "No lead fits all of this" in nothing_fits
    assert 'href="/leads/new/?kind=buy_inquiry">Post a buy inquiry' in nothing_fits
    assert 'href="/leads/">Clear all' in nothing_fits

    Lead.objects.all().delete()
    assert "No leads yet" in read("/leads/")


# --- pages and addresses ------------------------------------------------------------------------------------------


def test_the_pages_together_show_every_lead_once() -> None:
    LeadFactory.create_batch(45, company=CompanyFactory(), category=CategoryFactory())
    address, seen = "/leads/", []

    for label in ("Leads 1 to 20 of 45", "Leads 21 to 40 of 45", "Leads 41 to 45 of 45"):
        page = read(address)
        assert label in page
        seen += titles(page)
        following = re.search(r'class="btn" href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""

    assert (len(seen), len(set(seen)), address) == (45, 45, "")


@pytest.mark.parametrize(
    ("query", "canonical", "listed"),
    [
        ("", "", True),
        ("?kind=sell_offer&country=VN", "?kind=sell_offer&amp;country=VN", True),
        ("?country=VN&country=KE", "?country=VN&amp;country=KE", False),
        ("?q=coffee&utm_source=mail", "?q=coffee", False),
        ("?sort=ending", "?sort=ending", False),
        ("?country=IN", "?country=IN", False),  # nothing there
    ],
)
def test_search_engines_get_one_address_for_each_page_worth_finding(query: str, canonical: str, listed: bool) -> None:
    LeadFactory()

    page = read(f"/leads/{query}")

    assert f'<link rel="canonical" href="http://localhost:8000/leads/{canonical}">' in page
    assert ("noindex" not in page) == listed


def test_htmx_gets_only_the_pieces_that_change_and_a_tidy_address() -> None:
    LeadFactory(slug="there")

    response = Client().get("/leads/?q=&country=VN&price_min=", headers={"HX-Request": "true", "HX-Target": "results"})

    page = response.content.decode()
    assert titles(page) == ["there"]
    assert all(f'id="{piece}"' in page for piece in ("heading", "kinds", "rows", "results", "said"))
    assert ("<html" in page, "<footer" in page) == (False, False)
    assert response["HX-Push-Url"] == "/leads/?country=VN"
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_the_whole_page_back_when_the_reader_goes_back() -> None:
    headers = {"HX-Request": "true", "HX-Target": "results", "HX-History-Restore-Request": "true"}

    assert "<html" in read("/leads/", **headers)


# --- what it costs, what it leaves --------------------------------------------------------------------------------


def fill(number: int) -> None:
    """So many leads of as many verified companies in as many categories."""
    for _ in range(number):
        LeadFactory(company=VerificationFactory().company)


@pytest.mark.parametrize("leads", [5, 25])
@pytest.mark.parametrize("query", ["", "?q=coffee&kind=sell_offer&country=VN&within=30d&verified=1&sort=ending"])
def test_a_visitor_costs_five_queries_at_most_however_many_leads_there_are(
    leads: int, query: str, django_assert_num_queries: Any
) -> None:
    fill(leads)

    with django_assert_num_queries(5 if query else 4):
        read(f"/leads/{query}")


@pytest.mark.parametrize("leads", [5, 25])
def test_a_member_costs_ten_queries_at_most(leads: int, client: Client, django_assert_max_num_queries: Any) -> None:
    fill(leads)
    client.force_login(MemberFactory(company=CompanyFactory()))
    client.get("/leads/")  # the first request of a session also writes down that it began

    with django_assert_max_num_queries(10):
        client.get("/leads/")


def test_a_visitor_is_left_without_cookie_and_session() -> None:
    lead = LeadFactory()
    visitor = Client()

    for address in ("/leads/", "/leads/?q=coffee&price_min=abc", lead.get_absolute_url(), "/"):
        response = visitor.get(address)
        assert ("Set-Cookie" in response.headers, dict(response.cookies)) == (False, {})

    assert Session.objects.count() == 0
