"""Changing what a lead says, on the board and off it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from directory.models import TeamMember
from offerboard.models import Lead
from offerboard.services import leads as services
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def editor_of(lead: Lead) -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company, role=TeamMember.Role.EDITOR))
    return client


def address(lead: Lead) -> str:
    return reverse("offerboard:edit", args=[lead.slug])


def sent(lead: Lead, **changes: Any) -> dict[str, Any]:
    """What the form of this lead sends when its button is pressed."""
    return filled(lead.category, **{"action": "save", "submission": None, "price": "4180"} | changes)


def test_the_form_shows_what_the_lead_says() -> None:
    lead = LeadFactory(hs_code="090111", quantity=Decimal("24.125"), payment_terms="lc_sight", condition="new")

    form = editor_of(lead).get(address(lead)).context["form"]

    shown = {name: form[name].value() for name in form.fields}
    assert {name: shown[name] for name in ("hs_code", "quantity", "price", "currency", "origin", "condition")} == {
        "hs_code": "0901.11",
        "quantity": "24.1250",  # so that nobody can read 24125
        "price": "4180",
        "currency": "USD",
        "origin": "VN",
        "condition": "new",
    }


def test_saving_the_form_as_it_came_changes_nothing() -> None:
    """Not even its time of change, by which programs and caches see that it did; the page says so."""
    lead = LeadFactory(price=None, currency="", incoterm="", place="", quantity=Decimal("24.125"))
    browser = editor_of(lead)
    form = browser.get(address(lead)).context["form"]
    data = {name: form[name].value() for name in form.fields if name not in {"pictures", "remove_pictures"}}
    before = Lead.objects.values().get()

    sent_back = {name: value for name, value in data.items() if value not in (None, False)}
    page = browser.post(address(lead), sent_back, follow=True).content.decode()

    assert Lead.objects.values().get() == before
    assert "The lead says all this already. Nothing had to be changed." in page


def test_a_published_lead_keeps_its_place_its_date_and_its_address() -> None:
    lead = LeadFactory()
    before = (lead.slug, lead.posted_at, lead.expires_at)

    response = editor_of(lead).post(address(lead), sent(lead, title="Robusta, call +84 262 381 2345", quantity="120"))

    lead.refresh_from_db()
    assert (lead.title, lead.quantity, lead.updated_at) == (*("Robusta, call [telephone hidden]", Decimal(120), NOW),)
    assert ((lead.slug, lead.posted_at, lead.expires_at), lead.state) == (before, "published")
    assert response["Location"] == lead.get_absolute_url()


def test_a_wrong_answer_changes_nothing_and_keeps_what_was_typed() -> None:
    lead = LeadFactory()
    before = Lead.objects.values().get()

    response = editor_of(lead).post(address(lead), sent(lead, title="Arabica", quantity="many"))

    assert Lead.objects.values().get() == before
    assert response.context["form"]["title"].value() == "Arabica"
    assert response.context["kept"] == "Nothing is changed yet. Correct what is marked, then save again."


@pytest.mark.parametrize(("before", "after"), [("published", "pending"), ("paused", "paused")])
def test_where_leads_are_reviewed_first_a_changed_lead_waits_again_and_a_paused_one_stays_paused(
    settings: Any, before: str, after: str
) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory(state=before)

    editor_of(lead).post(address(lead), sent(lead, title="Arabica"))

    lead.refresh_from_db()
    assert (lead.state, lead.title, list(Lead.objects.public(at=NOW))) == (after, "Arabica", [])


def test_where_leads_are_reviewed_first_one_that_says_the_same_stays_public(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory()
    browser = editor_of(lead)
    form = browser.get(address(lead)).context["form"]
    data = {name: form[name].value() for name in form.fields if name not in {"pictures", "remove_pictures"}}

    browser.post(address(lead), {name: value for name, value in data.items() if value not in (None, False)})

    assert list(Lead.objects.public(at=NOW)) == [lead]


def test_a_rejected_lead_is_sent_for_review_again() -> None:
    lead = LeadFactory(state="rejected", rejection="The picture shows another company’s logo.")
    browser = editor_of(lead)
    page = browser.get(address(lead)).content.decode()
    assert ["The picture shows another company’s logo." in page, "Send for review" in page] == [True, True]

    browser.post(address(lead), sent(lead))

    lead.refresh_from_db()
    assert (lead.state, list(Lead.objects.public(at=NOW))) == ("pending", [])


@pytest.mark.parametrize(
    ("days", "ends"), [(60, NOW + timedelta(days=59)), (2, NOW + timedelta(days=1)), (30, NOW + timedelta(days=29))]
)
def test_a_new_number_of_days_counts_from_the_posting(days: int, ends: datetime) -> None:
    lead = LeadFactory()  # posted yesterday for 30 days

    editor_of(lead).post(address(lead), sent(lead, valid_days=days))

    lead.refresh_from_db()
    assert (lead.valid_days, lead.expires_at) == (days, ends)


def test_days_that_are_over_already_are_refused_beside_the_field() -> None:
    lead = LeadFactory()
    before = Lead.objects.values().get()

    response = editor_of(lead).post(address(lead), sent(lead, valid_days=1))

    assert dict(response.context["form"].errors) == {
        "valid_days": ["Counted from its posting, the lead would have ended already."]
    }
    assert Lead.objects.values().get() == before


def test_an_expired_lead_does_not_come_back_by_being_edited() -> None:
    lead = LeadFactory(posted_at=NOW - timedelta(days=40), expires_at=NOW - timedelta(days=10))

    editor_of(lead).post(address(lead), sent(lead, valid_days=90))

    lead.refresh_from_db()
    assert (lead.valid_days, lead.expires_at) == (90, NOW - timedelta(days=10))


def test_a_closed_lead_stays_as_it_is() -> None:
    lead = LeadFactory(state="closed")
    before = Lead.objects.values().get()

    response = editor_of(lead).post(address(lead), sent(lead, title="Arabica"))

    assert (response["Location"], Lead.objects.values().get()) == ("/my/leads/?state=closed", before)
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "This lead is closed and cannot be changed. Post a new one instead."
    ]
    with pytest.raises(services.NotEditable):
        services.update_lead(lead=lead, details=services.LeadDetails.of(lead), seen=None, now=NOW)


def test_a_draft_remembers_that_the_price_is_on_request() -> None:
    lead = LeadFactory(state="draft", price=None, currency="")
    browser = editor_of(lead)
    unanswered = browser.get(address(lead)).context["form"]["price_on_request"].value()

    browser.post(address(lead), sent(lead, action="draft", price="", price_on_request="on"))

    answered = browser.get(address(lead)).context["form"]["price_on_request"].value()
    assert (unanswered, answered) == (False, True)


def test_a_draft_that_was_published_meanwhile_is_not_overwritten() -> None:
    lead = LeadFactory(state="draft")
    stale = Lead.objects.get()
    Lead.objects.update(state="published", posted_at=NOW, expires_at=NOW + timedelta(days=30), rank=1)
    before = Lead.objects.values().get()

    with pytest.raises(services.NotADraft):
        services.update_draft(lead=stale, details=services.LeadDetails(title="Arabica"), seen=None, now=NOW)

    assert Lead.objects.values().get() == before
    assert lead.slug == before["slug"]


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("stranger", 404), ("visitor", 302)])
def test_others_change_nothing(client: Client, who: str, status: int) -> None:
    lead = LeadFactory()
    if who == "viewer":
        client.force_login(MemberFactory(company=lead.company, role=TeamMember.Role.VIEWER))
    elif who == "stranger":
        client.force_login(MemberFactory(company=CompanyFactory()))
    before = list(Lead.objects.values())

    statuses = [client.get(address(lead)).status_code, client.post(address(lead), sent(lead, title="x")).status_code]

    assert (statuses, list(Lead.objects.values())) == ([status, status], before)


def test_no_field_beyond_the_forms_can_be_set() -> None:
    """Every column of the lead is sent; only what the form asks for changes."""
    lead = LeadFactory(state="draft")
    before: dict[str, Any] = dict(Lead.objects.values().get())
    foreign = {
        name: "1" for name in before if name not in {"category_id", "search", "hidden"} and name not in sent(lead)
    } | {"state": "published", "company": "1", "category_id": "1"}

    editor_of(lead).post(address(lead), sent(lead, action="draft", title="Arabica") | foreign)

    after: dict[str, Any] = dict(Lead.objects.values().get())
    assert {name for name in before if before[name] != after[name]} <= {
        *("title", "description", "hs_code", "payment_terms", "price", "updated_at", "search", "price_on_request"),
        *("brand", "model", "packaging", "lead_time_days"),
    }
    assert (after["title"], after["state"]) == ("Arabica", "draft")
