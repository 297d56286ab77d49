"""The index for search engines and every file that it leads to, held against the protocol's schema and limits."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.test import Client

from offerboard.models import LeadRange
from offerboard.selectors.sitemaps import Entry, Sitemap
from offerboard.services.counting import refresh_counts
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory
from tests.published.sitemaps import SITEMAP, broken_rules

pytestmark = pytest.mark.django_db
HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def market() -> None:
    """Leads in two ranges, in a category and a country that are counted."""
    company, category = CompanyFactory(), CategoryFactory()
    LeadFactory(pk=1, company=company, category=category)
    LeadFactory(pk=LeadRange.WIDTH, company=company, category=category)
    refresh_counts(now=NOW)


def read(address: str) -> bytes:
    response = Client().get(address)
    assert response.status_code == 200
    return bytes(response.getvalue())


@pytest.mark.usefixtures("market")
def test_the_index_and_all_files_keep_the_protocol() -> None:
    index = read("/sitemap.xml")
    files = [(found.text or "").removeprefix(HOST) for found in fromstring(index).iter(f"{SITEMAP}loc")]
    kinds = {re.sub(r"-?\d*\.xml", "", file.removeprefix("/sitemaps/")) for file in files}

    assert kinds == {"pages", "categories", "countries", "companies", "leads"}
    assert broken_rules(index, host=HOST) == []
    assert [wrong for file in files for wrong in broken_rules(read(file), host=HOST)] == []


def test_a_full_file_of_the_longest_addresses_is_within_the_limits() -> None:
    """A file has no more rows than a range is wide; a slug has 120 characters at most."""
    longest: list[Entry] = [(f"/leads/{number:0120}/", NOW) for number in range(LeadRange.WIDTH)]
    content = "".join(Sitemap(longest).lines()).encode()

    assert broken_rules(content, host=HOST) == []


WRONG: dict[str, tuple[str, str]] = {
    "without its namespace": (r' xmlns="[^"]*"', ""),
    "without addresses": (r"<url>.*</url>\n", ""),
    "with an entry without an address": (r"<loc>[^<]*</loc>", ""),
    "with an address that is not whole": (r"<loc>http://localhost:8000", "<loc>"),
    "with an address of another host": (r"<loc>http://localhost:8000", "<loc>https://elsewhere.example"),
    "with an address twice": (r"(?s)(<url>.*?</url>)", r"\1\1"),
    "with a time without a zone": (r"Z</lastmod>", "</lastmod>"),
    "with a time in words": (r"<lastmod>[^<]*", "<lastmod>yesterday"),
    "with its time before its address": (r"(<loc>.*?</loc>)(<lastmod>.*?</lastmod>)", r"\2\1"),
    "with an element that it has not": (r"<lastmod>", "<title>x</title><lastmod>"),
}


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("wrong", WRONG)
def test_the_rules_find_a_file_that_is(wrong: str) -> None:
    text = read("/sitemaps/leads-0.xml").decode()
    pattern, other = WRONG[wrong]
    broken = re.sub(pattern, other, text)
    assert broken != text

    assert broken_rules(broken.encode(), host=HOST) != []


def test_the_rules_find_a_file_that_is_too_large() -> None:
    many = Sitemap([(f"/leads/{number}/", None) for number in range(50_001)])
    content = "".join(many.lines()).encode()

    assert broken_rules(content, host=HOST) == ["50001 addresses"]
