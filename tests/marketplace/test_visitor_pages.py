"""Kept pages: who gets them, and that nothing which left the market is on them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Company, Verification
from directory.services import suspend_company
from marketplace.visitor_pages import PAGES
from offerboard.models import Lead
from offerboard.services.lead_states import close_lead, hold_leads, pause_lead, reject_lead
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory, VerificationFactory
from tests.marketplace.choices import AGREED

pytestmark = pytest.mark.django_db
TITLE = "Robusta green coffee, grade 1, screen 18"
NAME = "Dak Hoa Agricultural Products"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _kept_as_in_a_real_installation(settings: Any) -> None:
    settings.VISITOR_PAGES_SECONDS = 5


@pytest.fixture
def lead() -> Lead:
    """A lead of a verified company whose industry is the lead's category."""
    company = CompanyFactory(slug="dak-hoa", legal_name=NAME)
    VerificationFactory(company=company)
    category = CategoryFactory()
    company.industries.add(category)
    lead: Lead = LeadFactory(
        company=company, category=category, slug="robusta", title=TITLE, expires_at=NOW + timedelta(days=9)
    )
    return lead


def address(page: str, lead: Lead) -> str:
    """Where the page is that shows this lead or its company."""
    return {
        "marketplace:home": "/",
        "marketplace:about": "/about/",
        "marketplace:help": "/help/",
        "offerboard:board": "/leads/",
        "offerboard:lead": "/leads/robusta/",
        "directory:companies": "/companies/",
        "directory:company": "/companies/dak-hoa/",
        "directory:categories": "/categories/",
        "directory:category": f"/categories/{lead.category.slug if lead.category else ''}/",
    }[page]


WITH_LEADS = ["marketplace:home", "offerboard:board", "offerboard:lead", "directory:company", "directory:category"]
WITH_COMPANIES = [*WITH_LEADS, "directory:companies"]
WITHOUT = ["marketplace:about", "marketplace:help", "directory:categories"]
WAYS_OUT: dict[str, Callable[[Lead], object]] = {
    "paused": lambda lead: pause_lead(lead=lead, now=NOW),
    "withdrawn": lambda lead: close_lead(lead=lead, now=NOW),
    "rejected": lambda lead: reject_lead(lead=lead, reason="Forbidden goods.", now=NOW),
    "hidden": lambda lead: hold_leads(leads=Lead.objects.filter(pk=lead.pk), hold=Lead.Hold.MODERATION, now=NOW),
    "its company suspended": lambda lead: suspend_company(company=lead.company, now=NOW),
}


# --- what left the market ------------------------------------------------------------------------------------------


def test_each_kept_page_has_its_tests() -> None:
    """A page that is added to the list must be shown to let go of what it shows."""
    assert {*WITH_COMPANIES, *WITHOUT} == PAGES


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("page", WITH_LEADS)
def test_what_leaves_the_board_leaves_the_kept_page_at_once(page: str, way: str, lead: Lead, client: Client) -> None:
    """The clock stands still: it is the same second."""
    before = client.get(address(page, lead))
    assert TITLE in before.text

    WAYS_OUT[way](lead)

    after = client.get(address(page, lead), headers={"If-None-Match": before["ETag"]})
    assert after.status_code in {200, 404, 410}
    assert TITLE not in after.text


@pytest.mark.parametrize("page", WITH_LEADS)
def test_an_expired_lead_is_on_no_kept_page(page: str, lead: Lead, client: Client, clock: Any) -> None:
    """Kept two seconds before its end, asked for at the very moment."""
    Lead.objects.update(expires_at=NOW + timedelta(seconds=2))
    assert TITLE in client.get(address(page, lead)).text
    clock.move_to(NOW + timedelta(seconds=1))
    assert TITLE in client.get(address(page, lead)).text

    clock.move_to(NOW + timedelta(seconds=2))

    assert TITLE not in client.get(address(page, lead)).text


@pytest.mark.django_db(transaction=True)
def test_a_lead_that_another_process_pauses_is_gone_from_this_one(client: Client, lead: Lead) -> None:
    """A process of its own, which knows nothing of this one's memory."""
    for _time in range(3):
        assert TITLE in client.get("/leads/").text
    pause = (
        "import django; django.setup()\n"
        "from datetime import datetime\n"
        "from offerboard.models import Lead\n"
        "from offerboard.services.lead_states import pause_lead\n"
        f"pause_lead(lead=Lead.objects.get(pk={lead.pk}), now=datetime.fromisoformat('{NOW.isoformat()}'))\n"
    )
    other = os.environ | {"DATABASE_URL": _address_of_the_database(), "DJANGO_SETTINGS_MODULE": "marketplace.settings"}

    subprocess.run([sys.executable, "-c", pause], env=other, check=True, cwd=settings.BASE_DIR)

    assert TITLE not in client.get("/leads/").text


def _address_of_the_database() -> str:
    path, _slash, query = os.environ["DATABASE_URL"].partition("?")
    return f"{path.rpartition('/')[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")


@pytest.mark.parametrize("page", WITH_COMPANIES)
def test_a_badge_is_gone_when_its_claim_lapses_or_is_taken_back(
    page: str, lead: Lead, client: Client, clock: Any
) -> None:
    """To the moment, in both cases."""
    badge = "Identity verified" if page not in {"offerboard:lead", "directory:company"} else "Business registry extract"
    Verification.objects.update(valid_until=NOW + timedelta(seconds=2))
    assert badge in client.get(address(page, lead)).text
    assert badge in client.get(address(page, lead)).text
    clock.move_to(NOW + timedelta(seconds=2))
    lapsed = client.get(address(page, lead)).text

    Verification.objects.update(valid_until=NOW + timedelta(days=2))
    again = client.get(address(page, lead)).text
    Verification.objects.all().delete()
    taken_back = client.get(address(page, lead)).text

    assert again.count(badge) > taken_back.count(badge)
    assert lapsed != again


@pytest.mark.parametrize("page", WITH_COMPANIES)
def test_a_new_name_is_on_the_page_at_once(page: str, lead: Lead, client: Client) -> None:
    """On cards too, which are drawn once and kept."""
    assert NAME in client.get(address(page, lead)).text

    Company.objects.update(legal_name="Highland Coffee", updated_at=NOW)

    assert "Highland Coffee" in client.get(address(page, lead)).text
    assert NAME not in client.get(address(page, lead)).text


def test_a_changed_price_is_on_the_board_at_once(lead: Lead, client: Client) -> None:
    assert "USD 4,180" in client.get("/leads/").text

    Lead.objects.update(price=5000, updated_at=NOW)

    assert "USD 5,000" in client.get("/leads/").text


# --- who gets a kept page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_second_visitor_gets_the_page_for_two_queries_at_most(
    page: str, lead: Lead, client: Client, django_assert_max_num_queries: Any
) -> None:
    """And neither gets a cookie."""
    first = client.get(address(page, lead))

    with django_assert_max_num_queries(2):
        second = client.get(address(page, lead))

    assert (second.status_code, second.content) == (200, first.content)
    assert (dict(first.cookies), dict(second.cookies)) == ({}, {})
    assert second.resolver_match.view_name == page


def queries_of_a_read(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        client.get("/leads/")
    return [one["sql"] for one in asked.captured_queries]


@pytest.mark.django_db(transaction=True)
def test_while_nobody_writes_a_kept_page_costs_one_small_query(lead: Lead, client: Client) -> None:
    """A snapshot is that of all databases of a server: where other tests write to theirs, some reads cost a second."""
    client.get("/leads/")
    asked = [queries_of_a_read(client) for _time in range(50)]

    assert min(asked, key=len) == ["SELECT pg_current_snapshot()::text"]
    assert max(len(one) for one in asked) <= 2


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_member_never_gets_a_visitors_page_nor_a_visitor_a_members(page: str, lead: Lead, client: Client) -> None:
    """Both ask the same process in turn."""
    where = address(page, lead)
    visitors = client.get(where)
    client.force_login(MemberFactory(full_name="Nguyễn Thị Hoa", company=CompanyFactory(legal_name="Secret buyers")))
    members = client.get(where)
    client.cookies.clear()
    visitors_again = client.get(where)

    assert "Secret buyers" in members.text
    assert {"private", "no-cache"} <= set(members["Cache-Control"].split(", "))
    assert "ETag" not in members
    assert visitors_again.content == visitors.content
    assert "Secret buyers" not in visitors_again.text


def test_after_some_seconds_the_page_is_made_anew(lead: Lead, client: Client, clock: Any) -> None:
    """What nobody promised to the second, such as a new lead, is seen then."""
    client.get("/leads/")
    LeadFactory(title="Basmati rice")
    assert "Basmati rice" not in client.get("/leads/").text

    clock.move_to(NOW + timedelta(seconds=settings.VISITOR_PAGES_SECONDS))

    assert "Basmati rice" in client.get("/leads/").text


def test_a_kept_page_has_its_readers_theme_and_no_others(lead: Lead, client: Client) -> None:
    """Through all of the middleware; a grant that is missing takes the cookie back even from a kept page."""
    dark = {"Cookie": f"{AGREED}; preferences=dark"}
    pages = [client.get("/leads/", headers=headers) for headers in ({}, dark, {}, dark)]

    assert ['data-bs-theme="dark"' in page.text for page in pages] == [False, True, False, True]
    assert ['id="cookie-question"' in page.text for page in pages] == [True, False, True, False]
    assert pages[0]["ETag"] == pages[2]["ETag"] != pages[1]["ETag"] == pages[3]["ETag"]
    assert {"Cookie", "Sec-GPC"} <= set(pages[3]["Vary"].split(", "))
    again = client.get("/leads/", headers={"Cookie": "preferences=dark", "If-None-Match": pages[0]["ETag"]})
    assert (again.status_code, again.cookies["preferences"]["max-age"]) == (304, 0)
    assert {"Cookie", "Sec-GPC"} <= set(again["Vary"].split(", "))


def test_the_question_on_a_kept_page_can_be_answered_by_everybody(lead: Lead, client: Client, clock: Any) -> None:
    """Its token is nobody's own, and the page has the same tag within the hour."""
    first = client.get("/about/")
    clock.move_to(NOW + timedelta(minutes=30))
    second = client.get("/about/")
    token = second.text.partition('name="form_token" value="')[2].partition('"')[0]

    answer = Client().post("/privacy/cookies/settings/", {"form_token": token, "every": "no"})

    assert first["ETag"] == second["ETag"]
    assert (answer.status_code, list(answer.cookies)) == (302, ["choice"])


@pytest.mark.parametrize(
    "path", ["/leads/no-such-lead/", "/account/login/", "/contact/", "/health/live", "/robots.txt"]
)
def test_what_is_no_public_page_has_no_tag(path: str, client: Client) -> None:
    assert "ETag" not in client.get(path)


# --- 304 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_who_has_the_page_is_told_so(method: str, lead: Lead, client: Client) -> None:
    """RFC 9110, 15.4.5: the headers that a cache needs come along, the page does not."""
    page = client.get("/leads/")
    asks = getattr(client, method)

    same = asks("/leads/", headers={"If-None-Match": f'"something-else", {page["ETag"]}'})
    other = asks("/leads/", headers={"If-None-Match": '"something-else"'})

    assert (same.status_code, same.content) == (304, b"")
    assert {"Cookie", "Accept-Language", "HX-Request", "HX-Target"} <= set(same["Vary"].split(", "))
    assert (same["ETag"], same["Cache-Control"]) == (page["ETag"], "no-cache")
    assert other.status_code == 200
