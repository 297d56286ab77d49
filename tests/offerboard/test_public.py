"""One rule decides what the world sees. A lead that leaves the market leaves every page in the same second."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from directory.services import hide_company, suspend_company
from offerboard.models import Lead
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
TITLE = "Ultramarine pigment, lot 77"
EXPIRY = NOW + timedelta(hours=6)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead() -> Lead:
    """A lead that stands everywhere, beside another company's lead in the same category."""
    category = CategoryFactory()
    LeadFactory(category=category, slug="neighbour", title="Cobalt blue")
    return LeadFactory(category=category, slug="the-lead", title=TITLE, posted_at=NOW, expires_at=EXPIRY)


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
    }


def where_it_shows(lead: Lead, client: Client) -> set[str]:
    """The pages that show the lead to this reader."""
    return {name for name, address in windows(lead).items() if TITLE in client.get(address).content.decode()}


def change(**values: object) -> Callable[[Lead], object]:
    """Change the lead's row, as whatever service does it would."""
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(**values)


def change_company(service: Callable[..., None]) -> Callable[[Lead], object]:
    """Change the company's state; its leads follow."""
    return lambda lead: service(company=lead.company, now=NOW)


WAYS_OUT = {
    "draft": (change(state="draft"), 404),
    "pending": (change(state="pending"), 404),
    "rejected": (change(state="rejected", rejection="Forbidden goods."), 404),
    "paused": (change(state="paused"), 404),
    "closed": (change(state="closed"), 410),
    "held by staff": (change(holds=["moderation"]), 404),
    "author suspended": (change(holds=["member"]), 404),
    "held and closed": (change(state="closed", holds=["moderation"]), 404),
    "company suspended": (change_company(suspend_company), 404),
    "company hidden": (change_company(hide_company), 404),
    "not posted yet": (change(posted_at=NOW + timedelta(seconds=1)), 404),
}


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
def test_counts_follow_the_same_rule(lead: Lead, client: Client) -> None:
    assert "2 leads" in client.get("/leads/").content.decode()
    assert "All 2 sell offers" in client.get("/").content.decode()

    Lead.objects.filter(pk=lead.pk).update(state="paused")

    assert "1 lead<" in client.get("/leads/").content.decode()
    assert "The only sell offer" in client.get("/").content.decode()


@pytest.mark.usefixtures("clock")
def test_another_companys_member_sees_no_more_than_a_visitor(lead: Lead, client: Client) -> None:
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert where_it_shows(lead, client) == set(windows(lead))

    Lead.objects.filter(pk=lead.pk).update(state="paused")

    assert where_it_shows(lead, client) == set()
    assert client.get(lead.get_absolute_url()).status_code == 404
