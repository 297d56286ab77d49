"""One rule decides what the world sees. A lead that leaves the market leaves every page in the same second."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from directory.services import hide_company, suspend_company
from offerboard.models import Lead, LeadRange
from offerboard.services.counting import refresh_counts
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
TITLE = "Ultramarine pigment, lot 77"
EXPIRY = NOW + timedelta(hours=6)


@pytest.fixture
def lead() -> Lead:
    """A lead that stands everywhere, beside another company's lead in the same category."""
    category = CategoryFactory()
    LeadFactory(category=category, slug="neighbour", title="Cobalt blue")
    lead = LeadFactory(category=category, slug="the-lead", title=TITLE, posted_at=NOW, expires_at=EXPIRY)
    refresh_counts(now=NOW)  # counts are minutes old; where the lead shows must not depend on them
    return lead


def windows(lead: Lead) -> dict[str, str]:
    """Every page on which a visitor could see the lead."""
    return {
        "board": "/leads/",
        "search": "/leads/?q=ultramarine",
        "filter": f"/leads/?category={lead.category.slug}",  # type: ignore[union-attr]
        "ending soon": "/leads/?sort=ending",
        "company's leads": f"/leads/?company={lead.company.slug}",
        "lead page": lead.get_absolute_url(),
        "similar leads": "/leads/neighbour/",
        "home": "/",
        "company page": lead.company.get_absolute_url(),
        "category page": f"/categories/{lead.category.slug}/",  # type: ignore[union-attr]
        "branch page": f"/categories/{lead.category.parent.slug}/",  # type: ignore[union-attr]
        "country page": "/countries/vn/",
        "feed": "/leads/feed.atom",
        "feed of a search": "/leads/feed.atom?q=ultramarine&kind=sell_offer",
        "feed of its category": f"/categories/{lead.category.slug}/feed.atom",  # type: ignore[union-attr]
        "sitemap": f"/sitemaps/leads-{lead.pk // LeadRange.WIDTH}.xml",
    }


def where_it_shows(lead: Lead, client: Client) -> set[str]:
    """The pages that show the lead to this reader, or lead there."""
    return {name for name, address in windows(lead).items() if _shows(client.get(address))}


def _shows(response: Any) -> bool:
    text = response.getvalue().decode()
    return TITLE in text or "/leads/the-lead/" in text


def change(**values: object) -> Callable[[Lead], object]:
    """Change the lead's row, as whatever service does it would."""
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(**values)


def change_company(service: Callable[..., None]) -> Callable[[Lead], object]:
    """Change the company's state; its leads follow."""
    return lambda lead: service(company=lead.company, now=NOW)


WAYS_OUT = {
    "draft": (change(state="draft"), 404),
    "pending": (change(state="pending"), 404),
    "rejected": (change(state="rejected", rejection="Forbidden goods."), 410),
    "paused": (change(state="paused"), 404),
    "closed": (change(state="closed"), 410),
    "held by staff": (change(holds=["moderation"]), 410),
    "author suspended": (change(holds=["member"]), 410),
    "held and closed": (change(state="closed", holds=["moderation"]), 410),
    "company suspended": (change_company(suspend_company), 410),
    "company hidden": (change_company(hide_company), 410),
    "not posted yet": (change(posted_at=NOW + timedelta(seconds=1)), 404),
}


@pytest.mark.promise("withdrawn-at-once")
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_lead_that_leaves_the_market_leaves_every_page_at_once(lead: Lead, client: Client, way: str) -> None:
    leave, status = WAYS_OUT[way]
    assert where_it_shows(lead, client) == set(windows(lead))

    leave(lead)

    assert where_it_shows(lead, client) == set()
    assert client.get(lead.get_absolute_url()).status_code == status


def test_a_lead_ends_in_the_second_it_expires_without_any_job(
    lead: Lead, client: Client, clock: time_machine.Traveller
) -> None:
    clock.move_to(EXPIRY - timedelta(seconds=1))
    assert where_it_shows(lead, client) == set(windows(lead))

    clock.move_to(EXPIRY)

    assert where_it_shows(lead, client) == set()
    assert client.get(lead.get_absolute_url()).status_code == 410


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("state", ["draft", "pending", "rejected", "closed"])
def test_what_never_was_public_is_not_found(client: Client, state: str) -> None:
    """Not even that it exists; also while it is held, and when it would have been public only later."""
    LeadFactory(slug="never", state=state, posted_at=None, expires_at=None)
    LeadFactory(slug="held", state=state, posted_at=None, expires_at=None, holds=["moderation"])
    LeadFactory(slug="later", posted_at=NOW + timedelta(hours=1), holds=["company"])

    assert [client.get(f"/leads/{slug}/").status_code for slug in ("never", "held", "later", "nothing")] == [404] * 4


@pytest.mark.usefixtures("clock")
def test_a_lead_that_was_taken_down_does_not_say_by_whom(lead: Lead, client: Client) -> None:
    Lead.objects.filter(pk=lead.pk).update(holds=["moderation"], state="rejected", rejection="Forbidden goods.")

    page = client.get(lead.get_absolute_url())

    assert (page.status_code, "It was taken off the board." in page.text) == (410, True)
    for private in (TITLE, "Forbidden", "staff"):
        assert private not in page.text
    assert 'name="robots" content="noindex"' in page.text


@pytest.mark.usefixtures("clock")
def test_counts_follow_the_same_rule(lead: Lead, client: Client) -> None:
    assert "2 leads" in client.get("/leads/").content.decode()
    assert "All 2 sell offers" in client.get("/").content.decode()

    Lead.objects.filter(pk=lead.pk).update(state="paused")
    refresh_counts(now=NOW)

    assert "1 lead<" in client.get("/leads/").content.decode()
    assert "The only sell offer" in client.get("/").content.decode()


@pytest.mark.usefixtures("clock")
def test_another_companys_member_sees_no_more_than_a_visitor(lead: Lead, client: Client) -> None:
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert where_it_shows(lead, client) == set(windows(lead))

    Lead.objects.filter(pk=lead.pk).update(state="paused")

    assert where_it_shows(lead, client) == set()
    assert client.get(lead.get_absolute_url()).status_code == 404
