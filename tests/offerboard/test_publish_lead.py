"""A draft goes on the board once, from a company that is listed, and complete."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from directory.services import suspend_company
from offerboard.models import Lead
from offerboard.services import lead_states
from offerboard.services import leads as services
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def address(lead: Lead) -> str:
    return reverse("offerboard:publish", args=[lead.slug])


def test_a_draft_runs_from_its_publication() -> None:
    lead = LeadFactory(state="draft", valid_days=45)

    lead_states.publish_lead(lead=lead, now=NOW)

    assert (lead.state, lead.posted_at, lead.expires_at) == ("published", NOW, NOW + timedelta(days=45))
    assert list(Lead.objects.public(at=NOW)) == [lead]


def test_the_second_publication_changes_nothing() -> None:
    lead = LeadFactory(state="draft")
    lead_states.publish_lead(lead=lead, now=NOW)

    with pytest.raises(services.NotADraft):
        lead_states.publish_lead(lead=lead, now=LATER)

    assert [(lead.state, lead.posted_at) for lead in Lead.objects.all()] == [("published", NOW)]


@pytest.mark.parametrize("state", ["pending", "published", "paused", "rejected", "closed"])
def test_only_a_draft_is_published(state: str) -> None:
    lead = LeadFactory(state=state)
    before = list(Lead.objects.values())

    with pytest.raises(services.NotADraft):
        lead_states.publish_lead(lead=lead, now=NOW)

    assert list(Lead.objects.values()) == before


@pytest.mark.parametrize("state", ["draft", "hidden", "suspended"])
def test_a_company_that_is_not_listed_publishes_nothing(state: str) -> None:
    lead = LeadFactory(state="draft", company__state=state)

    with pytest.raises(lead_states.CompanyNotListed):
        lead_states.publish_lead(lead=lead, now=NOW)

    assert list(Lead.objects.drafts()) == [lead]


@pytest.mark.parametrize(
    "gap",
    [
        {"title": ""},
        {"description": ""},
        {"category": None},
        {"quantity": None},
        {"unit": ""},
        {"origin": ""},
        {"place": ""},
        {"currency": ""},
    ],
)
def test_the_database_keeps_an_incomplete_draft_off_the_board(gap: dict[str, Any]) -> None:
    lead = LeadFactory(state="draft", **gap)

    with pytest.raises(lead_states.Incomplete):
        lead_states.publish_lead(lead=lead, now=NOW)

    assert list(Lead.objects.drafts()) == [lead]


def test_the_country_is_the_companys_of_the_day() -> None:
    lead = LeadFactory(state="draft", company__country="VN")
    Company.objects.update(country="TH")

    lead_states.publish_lead(lead=lead, now=NOW)

    assert lead.country.code == "TH"


def test_where_leads_are_reviewed_first_it_waits_without_dates(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory(state="draft")

    lead_states.publish_lead(lead=lead, now=NOW)

    assert (lead.state, lead.posted_at, list(Lead.objects.public(at=NOW))) == ("pending", None, [])


def test_publishing_from_the_preview() -> None:
    lead = LeadFactory(state="draft")
    browser = client_of(MemberFactory(company=lead.company))
    page = browser.get(reverse("offerboard:preview", args=[lead.slug])).content.decode()
    assert f'action="{address(lead)}"' in page

    response = browser.post(address(lead), follow=True)

    assert response.redirect_chain == [(lead.get_absolute_url(), 302)]
    assert "Your lead is on the board." in response.content.decode()
    assert list(Lead.objects.public(at=NOW)) == [lead]


def test_the_preview_of_an_unfinished_draft_says_what_is_missing() -> None:
    lead = LeadFactory(state="draft", quantity=None, price=None, currency="")
    browser = client_of(MemberFactory(company=lead.company))

    page = browser.get(reverse("offerboard:preview", args=[lead.slug])).content.decode()

    assert ["Before you can publish:" in page, f'action="{address(lead)}"' in page] == [True, False]
    assert "<b>Quantity</b>: Enter a quantity, such as 96 or 0.5" in page
    assert "<b>Price</b>: Enter a price, or tick “Price on request”." in page


def test_an_unfinished_draft_is_led_back_to_its_gaps() -> None:
    lead = LeadFactory(state="draft", price=None, currency="")  # nobody ticked “Price on request”
    browser = client_of(MemberFactory(company=lead.company))

    response = browser.post(address(lead))

    assert response["Location"] == reverse("offerboard:edit", args=[lead.slug]) + "?check"
    assert list(Lead.objects.drafts()) == [lead]
    assert list(browser.get(response["Location"]).context["form"].errors) == ["price"]


def test_another_company_cannot_find_the_draft() -> None:
    """Not 403: a stranger should not learn that the draft exists."""
    lead = LeadFactory(state="draft")
    stranger = client_of(MemberFactory(company=CompanyFactory()))

    statuses = [
        stranger.post(address(lead)).status_code,
        stranger.get(reverse("offerboard:preview", args=[lead.slug])).status_code,
        stranger.get(reverse("offerboard:edit", args=[lead.slug])).status_code,
    ]

    assert (statuses, list(Lead.objects.drafts())) == ([404, 404, 404], [lead])


def test_a_viewer_reads_the_preview_and_publishes_nothing() -> None:
    lead = LeadFactory(state="draft")
    viewer = client_of(MemberFactory(company=lead.company, role=TeamMember.Role.VIEWER))

    shown = viewer.get(reverse("offerboard:preview", args=[lead.slug]))
    refused = viewer.post(address(lead))

    assert (shown.status_code, address(lead) in shown.content.decode(), refused.status_code) == (200, False, 403)
    assert list(Lead.objects.drafts()) == [lead]


def test_an_editor_of_two_companies_publishes_for_the_other_one_too() -> None:
    lead = LeadFactory(state="draft")
    member = MemberFactory(company=CompanyFactory())
    TeamMember.objects.create(company=lead.company, member=member, role=TeamMember.Role.EDITOR, joined_at=NOW)

    client_of(member).post(address(lead))

    assert list(Lead.objects.public(at=NOW)) == [lead]


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Run each in a thread with a connection of its own; the name of what each raised, or "done"."""
    start = Barrier(len(actions))

    def run(action: Callable[[], object]) -> str:
        try:
            start.wait(timeout=120)
            action()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test compares its name
            return type(error).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(run, actions))


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_one_wins() -> None:
    lead = LeadFactory(state="draft")
    times = [NOW, LATER]

    outcomes = at_once(*(lambda now=now: lead_states.publish_lead(lead=Lead.objects.get(), now=now) for now in times))

    published = Lead.objects.get(pk=lead.pk)
    assert (outcomes, published.state, published.posted_at in times) == (["NotADraft", "done"], "published", True)


@pytest.mark.django_db(transaction=True)
def test_of_two_first_clicks_at_once_one_makes_the_draft() -> None:
    member = MemberFactory(company=CompanyFactory())
    company, number = Company.objects.get(), uuid4()
    details = services.LeadDetails(title="Robusta green coffee")

    outcomes = at_once(
        *[lambda: services.create_draft(company=company, member=member, submission=number, details=details, now=NOW)]
        * 2
    )

    assert (outcomes, Lead.objects.count()) == (["done", "done"], 1)


@pytest.mark.django_db(transaction=True)
def test_a_suspension_and_a_publication_at_once_leave_nothing_public() -> None:
    """Whoever is first: the suspension hides what was published, and a suspended company publishes nothing after."""
    lead = LeadFactory(state="draft")

    at_once(
        lambda: lead_states.publish_lead(lead=lead, now=NOW),
        lambda: suspend_company(company=Company.objects.get(), now=NOW),
    )

    assert list(Lead.objects.public(at=NOW)) == []
