"""What search engines are told: files of bounded size that hold what is public at the moment they are read."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.core.cache import cache
from django.db import connection
from django.test import Client

from directory.models import Company
from offerboard.models import Lead, LeadRange
from offerboard.selectors import sitemaps
from offerboard.services.counting import refresh_counts
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def read(address: str) -> dict[str, str | None]:
    """The file's addresses without the host, with when each last changed."""
    response: Any = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = fromstring(response.getvalue())
    assert root.tag in {f"{SITEMAP}urlset", f"{SITEMAP}sitemapindex"}
    found = {}
    for entry in root:
        place = entry.findtext(f"{SITEMAP}loc") or ""
        assert place.startswith(HOST)
        found[place.removeprefix(HOST)] = entry.findtext(f"{SITEMAP}lastmod")
    return found


def test_the_index_leads_to_every_public_page() -> None:
    category = CategoryFactory(slug="tea-3")
    company = CompanyFactory(slug="savanna", country="KE")
    LeadFactory(slug="the-lead", category=category, company=company)
    LeadFactory(slug="a-draft", category=category, company=company, state="draft")
    CompanyFactory(slug="hidden", state=Company.State.HIDDEN)
    refresh_counts(now=NOW)

    addresses: set[str] = set()
    for file in read("/sitemap.xml"):
        addresses |= set(read(file))

    assert {
        "/",
        "/leads/",
        "/companies/savanna/",
        "/leads/the-lead/",
        "/categories/tea-3/",
        "/countries/ke/",
    } <= addresses
    assert addresses & {"/companies/hidden/", "/leads/a-draft/"} == set()
    for address in addresses:
        assert Client().get(address).status_code == 200


def test_leads_are_cut_into_ranges_that_never_move() -> None:
    for number in (1, LeadRange.WIDTH - 1, LeadRange.WIDTH, 7 * LeadRange.WIDTH + 3):
        LeadFactory(pk=number, slug=f"lead-{number}")
    refresh_counts(now=NOW)

    files = [file for file in read("/sitemap.xml") if "/leads-" in file]

    assert files == ["/sitemaps/leads-0.xml", "/sitemaps/leads-1.xml", "/sitemaps/leads-7.xml"]
    assert list(read(files[0])) == ["/leads/lead-1/", f"/leads/lead-{LeadRange.WIDTH - 1}/"]
    assert list(read(files[1])) == [f"/leads/lead-{LeadRange.WIDTH}/"]


def test_entries_say_when_they_last_changed() -> None:
    LeadFactory(pk=1, slug="renewed", updated_at=NOW - timedelta(days=9), posted_at=NOW - timedelta(days=1))
    refresh_counts(now=NOW)

    assert read("/sitemaps/leads-0.xml") == {"/leads/renewed/": "2026-11-21T12:00:00Z"}
    assert read("/sitemap.xml")["/sitemaps/leads-0.xml"] == "2026-11-21T12:00:00Z"


def test_a_file_of_nothing_is_not_found() -> None:
    """The protocol knows no file without entries."""
    LeadFactory(pk=1)

    for address in ("leads-1", "companies-9", "categories", "countries", "leads-999999999"):
        assert Client().get(f"/sitemaps/{address}.xml").status_code == 404
    for address in ("leads-1000000000", "leads-", "leads--1", "leads-x"):
        assert Client().get(f"/sitemaps/{address}.xml").status_code == 404


def test_an_unchanged_file_is_not_sent_again_and_a_changed_one_is(clock: time_machine.Traveller) -> None:
    LeadFactory(pk=1, slug="stays")
    ending = LeadFactory(pk=2, slug="ends", expires_at=NOW + timedelta(hours=1))
    client = Client()
    tag = client.get("/sitemaps/leads-0.xml")["ETag"]

    assert client.get("/sitemaps/leads-0.xml", headers={"If-None-Match": tag}).status_code == 304
    clock.move_to(ending.expires_at)
    assert client.get("/sitemaps/leads-0.xml", headers={"If-None-Match": tag}).status_code == 200
    assert list(read("/sitemaps/leads-0.xml")) == ["/leads/stays/"]


def test_a_file_of_leads_is_one_walk_along_the_primary_key(django_assert_num_queries: Any) -> None:
    LeadFactory.create_batch(5)
    with connection.cursor() as cursor:
        # Five rows would be read whole, or sorted; among a million the planner needs no such help.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")

    plan = Lead.objects.public(at=NOW).filter(**sitemaps.rows_of(0)).order_by("pk").explain()

    assert "offerboard_lead_pkey" in plan
    assert "Sort" not in plan
    file = f"/sitemaps/leads-{Lead.objects.latest('pk').pk // LeadRange.WIDTH}.xml"
    with django_assert_num_queries(1):
        read(file)


def test_the_index_reads_all_companies_once_an_hour_and_their_files_are_of_this_moment(
    django_assert_num_queries: Any,
) -> None:
    CompanyFactory(pk=1, slug="savanna")
    with django_assert_num_queries(2):
        before = read("/sitemap.xml")
    CompanyFactory(pk=2, slug="highland", updated_at=NOW)

    with django_assert_num_queries(1):
        assert read("/sitemap.xml") == before

    assert list(read("/sitemaps/companies-0.xml")) == ["/companies/savanna/", "/companies/highland/"]
    cache.delete(sitemaps.COMPANIES)  # as after an hour
    assert read("/sitemap.xml")["/sitemaps/companies-0.xml"] == "2026-11-22T12:00:00Z"


@pytest.mark.usefixtures("policies")
def test_every_page_of_the_sitemap_names_itself_as_the_one_to_list() -> None:
    """However it is asked for."""
    category = CategoryFactory(slug="tea-3")
    company = CompanyFactory(slug="savanna", country="KE")
    company.industries.add(category)
    LeadFactory(slug="the-lead", category=category, company=company)
    addresses = [*read("/sitemaps/pages.xml"), "/companies/savanna/", "/leads/the-lead/", "/categories/tea-3/"]

    for address in [*addresses, "/countries/ke/"]:
        page = Client().get(address, {"from": "a-mail"}).text
        assert f'<link rel="canonical" href="{HOST}{address}">' in page


def test_robots_are_shown_the_index_and_kept_from_endless_combinations() -> None:
    text = Client().get("/robots.txt").content.decode()

    assert f"Sitemap: {HOST}/sitemap.xml" in text.splitlines()
    for closed in (
        "/my/",
        "/account/",
        "/admin/",
        "/leads/?*q=",
        "/leads/?*after=",
        "/leads/?*sort=",
        "/companies/?*q=",
    ):
        assert f"Disallow: {closed}" in text.splitlines()
    for open_to_all in ("/leads/?*kind=", "/leads/?*category=", "/leads/?*country=", "/leads/", "/"):
        assert f"Disallow: {open_to_all}" not in text.splitlines()
