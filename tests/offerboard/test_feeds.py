"""Feeds of leads for programs that look again and again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.test import Client

from offerboard.models import Lead
from tests.factories import NOW, PHONE_ON_PAGES, CategoryFactory, CompanyFactory, LeadFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def read(address: str = "/leads/feed.atom") -> Element:
    """The feed's root."""
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return fromstring(response.content)


def texts(element: Element, name: str) -> list[str]:
    return [found.text or "" for found in element.iter(ATOM + name)]


def titles(feed: Element) -> list[str]:
    """The entries' titles, in order."""
    return [entry.findtext(ATOM + "title") or "" for entry in feed.iter(ATOM + "entry")]


def links(element: Element) -> dict[str, str]:
    """The element's own links by what they are."""
    return {link.get("rel", ""): link.get("href", "") for link in element.findall(ATOM + "link")}


def check_rules(feed: Element) -> None:
    """What RFC 4287 asks of a feed and its entries (sections 4.1.1 and 4.1.2, 4.2.6 and 3.3)."""
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert (element.findtext(f"{ATOM}id") or "").startswith("http")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo is not None
        assert element.findall(f"{ATOM}author/{ATOM}name")
        assert "alternate" in links(element)
    assert "self" in links(feed)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)


def test_a_feed_keeps_the_rules_of_atom_and_names_the_company_as_author() -> None:
    lead = LeadFactory(slug="the-lead", title="Robusta", company=CompanyFactory(legal_name="Dak Hoa"))
    LeadFactory()

    feed = read()

    check_rules(feed)
    entry = next(entry for entry in feed.iter(f"{ATOM}entry") if "the-lead" in (entry.findtext(f"{ATOM}id") or ""))
    assert entry.findtext(f"{ATOM}id") == "http://localhost:8000/leads/the-lead/"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Dak Hoa"
    assert entry.findtext(f"{ATOM}summary", "").startswith(
        "Sell offer · USD 4,180 per tonne · 96 t · Viet Nam · Washed"
    )
    assert entry.findtext(f"{ATOM}published") == lead.posted_at.isoformat()  # type: ignore[union-attr]


def test_an_empty_feed_keeps_the_rules_too() -> None:
    check_rules(read())
    assert titles(read()) == []


def test_a_feed_answers_the_filters_of_the_board_newest_first() -> None:
    drinks = TopCategoryFactory(slug="drinks-1", name="Drinks")
    tea = CategoryFactory(slug="tea-1", name="Tea", parent=drinks)
    LeadFactory(title="Old tea", category=tea, posted_at=NOW - timedelta(days=3))
    LeadFactory(title="New tea", category=tea)
    LeadFactory(title="Tea wanted", category=tea, kind="buy_inquiry")
    LeadFactory(title="Copper scrap")

    assert titles(read("/categories/drinks-1/feed.atom")) == ["Tea wanted", "New tea", "Old tea"]
    assert titles(read("/leads/feed.atom?category=tea-1&kind=sell_offer&sort=ending")) == ["New tea", "Old tea"]
    assert titles(read("/leads/feed.atom?kind=buy_inquiry")) == ["Tea wanted"]
    assert titles(read("/leads/feed.atom?q=copper")) == ["Copper scrap"]
    searched = read("/leads/feed.atom?category=tea-1&kind=sell_offer&sort=ending")
    assert links(searched) == {
        "alternate": "http://localhost:8000/leads/?kind=sell_offer&category=tea-1",
        "self": "http://localhost:8000/leads/feed.atom?kind=sell_offer&category=tea-1",
    }
    assert (searched.findtext(f"{ATOM}title") or "").startswith("Sell offers: Tea")


def test_a_category_that_does_not_exist_has_no_feed() -> None:
    assert Client().get("/categories/no-such-thing/feed.atom").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["category=nonsense", "category=tea-1&category=nonsense", "category=t%C3%A9a", "kind=gift", "company=a%20b"],
)
def test_a_filter_that_nobody_knows_is_named_and_does_not_open_the_whole_board(query: str) -> None:
    """Nobody looks at what a feed was asked: the board, which shows its filters, passes over what it does not know."""
    LeadFactory(category=CategoryFactory(slug="tea-1"))

    answer = Client().get(f"/leads/feed.atom?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.content.decode() == f"There is no such feed. Not understood: {query.partition('=')[0]}."


def test_filters_that_were_left_empty_are_none() -> None:
    """As the board's form sends them."""
    LeadFactory(title="Tea")

    assert titles(read("/leads/feed.atom?q=&category=&kind=&price_min=&currency=&unknown=1")) == ["Tea"]


@pytest.mark.parametrize(
    "title",
    ["Tea \x01\x0b\x1f\x7f and \ufffe more", "شاي \u202eأسود\u202c", "<b>&amp;]]></title>", "\U0001f375 tea", "  "],
)
def test_no_title_breaks_the_feed(title: str) -> None:
    LeadFactory(title=title, description=title + "x", company=CompanyFactory(legal_name=title + "x"))
    LeadFactory(title="The next one")

    feed = read()

    check_rules(feed)
    allowed = "".join(character for character in title if character >= " " and character != "\ufffe")
    assert sorted(titles(feed)) == sorted([allowed, "The next one"])


def test_what_a_company_writes_is_text_and_never_code_for_a_reader_of_feeds() -> None:
    """Readers show a summary as HTML, so its markup must come out as text there."""
    LeadFactory(description="Grade <b>A</b> <script>alert(1)</script> & more")

    (summary,) = texts(read(), "summary")

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in summary
    assert "<" not in summary


@pytest.mark.promise("contacts-not-public")
def test_a_feed_gives_nobodys_contact_details() -> None:
    company = CompanyFactory(phone="+84 262 381 2345", address="12 Lê Duẩn", website="https://dakhoa.example")
    LeadFactory(company=company)

    text = Client().get("/leads/feed.atom").content.decode()

    assert [secret for secret in (*PHONE_ON_PAGES, "Lê Duẩn", "dakhoa.example", "@") if secret in text] == []


def test_who_has_the_feed_already_is_told_so_until_a_lead_goes() -> None:
    gone = LeadFactory(title="Gone")
    LeadFactory(title="Stays")
    client = Client()
    first = client.get("/leads/feed.atom")
    again = client.get("/leads/feed.atom", headers={"If-None-Match": first["ETag"]})
    Lead.objects.filter(pk=gone.pk).update(state="paused")

    later = client.get("/leads/feed.atom", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (later.status_code, titles(fromstring(later.content))) == (200, ["Stays"])
    assert "Last-Modified" not in first  # by time alone, the lead that went would not be missed


def test_an_empty_feed_stays_the_same_all_day() -> None:
    first = Client().get("/leads/feed.atom")["ETag"]
    with time_machine.travel(NOW + timedelta(hours=6), tick=False):
        assert Client().get("/leads/feed.atom")["ETag"] == first


@pytest.mark.parametrize("number", [1, 15])
def test_a_feed_costs_six_queries_at_most(number: int, django_assert_max_num_queries: Any) -> None:
    category = CategoryFactory(slug="tea-2")
    LeadFactory.create_batch(number, category=category)

    for address in ("/leads/feed.atom", "/categories/tea-2/feed.atom"):
        with django_assert_max_num_queries(6):
            assert Client().get(address).status_code == 200
