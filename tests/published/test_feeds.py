"""Every feed that we publish, read as a strict reader of Atom reads it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from directory.models import Category
from offerboard.models import SavedSearch
from offerboard.saved_filters import to_filters
from offerboard.selectors.addresses import board_address
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, PartnerPageFactory, TopCategoryFactory
from tests.published.atom import broken_rules

pytestmark = pytest.mark.django_db
HOST = "http://localhost:8000"
LINK = re.compile(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"')


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def market() -> Category:
    """Leads of both kinds, with words that XML has trouble with, one of a company that has no other."""
    top: Category = TopCategoryFactory(slug="drinks-1", name="Drinks & more")
    tea = CategoryFactory(slug="tea-1", name="Tea <black>", parent=top)
    company = CompanyFactory(legal_name="Café & Söhne <GmbH>", slug="cafe")
    LeadFactory(title="Coffee ]]> & “tea” \x0b", description="<b>bold</b> & \ufffe", category=tea, company=company)
    LeadFactory(category=tea, kind="buy_inquiry", price=None, currency="", updated_at=NOW - timedelta(hours=1))
    LeadFactory(title="شاي أسود \U0001f375", description="Grade 1\n\n\t& 2")
    PartnerPageFactory(partner__slug="agri-list", categories=["tea-1"], title="Tea & company")
    return top


def saved_search() -> str:
    """The board as a saved search opens it."""
    search = SavedSearch(words="coffee & “tea”", kind="sell_offer", countries=["VN"])
    return board_address(to_filters(search, slugs={}, company=""))


PAGES: dict[str, Callable[[], str]] = {
    "all leads": lambda: "/leads/",
    "a branch": lambda: "/categories/drinks-1/",
    "a category": lambda: "/categories/tea-1/",
    "a kind": lambda: "/leads/?kind=buy_inquiry",
    "a category and a kind": lambda: "/leads/?category=tea-1&kind=sell_offer&sort=ending",
    "a saved search": saved_search,
    "a country": lambda: "/countries/vn/",
    "words that nothing holds": lambda: "/leads/?q=neverheard",
    "a partner": lambda: "/p/agri-list/",
}


def feed_of(page: str) -> str:
    """The feed that the head of a page names."""
    (found,) = LINK.findall(Client().get(page).text)
    return unescape(found)


@pytest.mark.usefixtures("policies", "market")
@pytest.mark.parametrize("page", PAGES)
def test_the_feed_that_a_page_names_is_right_atom(page: str) -> None:
    address = feed_of(PAGES[page]())

    response = Client().get(address)

    assert response.status_code == 200
    assert broken_rules(response.content, asked=HOST + address) == []


def test_feeds_of_an_empty_market_are_right_too() -> None:
    CategoryFactory(slug="tea-1")

    for address in ("/leads/feed.atom", "/categories/tea-1/feed.atom"):
        assert broken_rules(Client().get(address).content, asked=HOST + address) == []


WRONG: dict[str, tuple[str, str]] = {
    "without an id": (r"(?s)(<feed.*?)<id>[^<]*</id>", r"\1"),
    "with an id that is no address": (r"(<entry>.*?<id>)http://localhost:8000", r"\1"),
    "with two titles": (r"(<title>[^<]*</title>)", r"\1\1"),
    "without a title": (r"<entry><title>[^<]*</title>", "<entry>"),
    "without its time": (r"<updated>[^<]*</updated>", ""),
    "with a time without a zone": (r"(<updated>[^<]*)(Z|\+00:00)</updated>", r"\1</updated>"),
    "with a day that does not exist": (r"<updated>\d{4}-\d\d-\d\d", "<updated>2026-02-30"),
    "with an author without a name": (r"<author><name>[^<]*</name>", "<author>"),
    "with an attribute that Atom has not": (r"<link ", r'<link media="print" '),
    "with an element that Atom has not": (r"<title>", r"<headline>x</headline><title>"),
    "with a link to nowhere": (r' href="[^"]*"', ""),
    "with a link that is not whole": (r'href="http://localhost:8000', 'href="'),
    "with a category without a term": (r"<category term=", "<category label="),
    "with metadata after its entries": (r"</feed>", "<generator>x</generator></feed>"),
    "under another address": (r'(href="[^"]*)(" rel="self")', r"\1?page=2\2"),
    "with a lead twice": (r"(?s)(<entry>.*?</entry>)", r"\1\1"),
    "older than its leads": (r"(<feed.*?<updated>)2026", r"\g<1>2025"),
    "with leads that lead nowhere": (r'(<entry>.*?)<link [^>]*rel="alternate"[^>]*(/>|></link>)', r"\1"),
    "by nobody": (r"<author>.*?</author>", ""),
    "with a lead that was changed before it was there": (r"<published>2026", "<published>2027"),
}


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("wrong", WRONG)
def test_the_rules_find_a_feed_that_is(wrong: str) -> None:
    text = Client().get("/leads/feed.atom").text
    pattern, other = WRONG[wrong]
    broken = re.sub(pattern, other, text)
    assert broken != text

    assert broken_rules(broken.encode(), asked=f"{HOST}/leads/feed.atom") != []
