"""Staff say what a service asks of members; it cannot be offered before its contract lets it read contacts."""

from typing import Any

import pytest
from django.test import Client

from partners.models import ConnectedService
from partners.scopes import Scope
from tests.factories import ConnectedServiceFactory, PartnerFactory
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
ADD = "/admin/partners/connectedservice/add/"


@pytest.fixture
def staff() -> Client:
    """A privacy officer."""
    return at_work(make_staff("privacy officer"))


def words(partner: Any, **changes: Any) -> dict[str, Any]:
    return {
        "partner": partner.pk,
        "is_on": "on",
        "about": "Keeps offers in one list.",
        "purpose": "To sign them.",
        "fields_given": ["email", "name"],
        "privacy_url": "https://crm.example/privacy",
        "return_url": "https://crm.example/back",
        **changes,
    }


def test_a_service_is_entered_with_what_it_gets(staff: Client) -> None:
    """In the market's order."""
    partner = PartnerFactory(receiver__kind="connected")

    answer = staff.post(ADD, words(partner))

    service = ConnectedService.objects.get()
    assert (answer.status_code, service.fields, service.is_on) == (302, ["name", "email"], True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"fields_given": []}, "This field is required."),
        ({"return_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"return_url": "http://crm.example/back"}, "Enter a valid URL."),
        ({"purpose": ""}, "This field is required."),
    ],
)
def test_what_is_missing_or_unsafe_is_named(staff: Client, changes: dict[str, Any], error: str) -> None:
    """And nothing is kept."""
    answer = staff.post(ADD, words(PartnerFactory(receiver__kind="connected"), **changes))

    assert (error in answer.text, ConnectedService.objects.count()) == (True, 0)


def test_a_service_that_may_not_read_contacts_is_not_offered(staff: Client) -> None:
    """Members would say yes for nothing; the form says what to do first."""
    partner = PartnerFactory(receiver__kind="connected", scopes=[Scope.LEADS_READ])

    answer = staff.post(ADD, words(partner))

    assert ("Allow that first" in answer.text, ConnectedService.objects.count()) == (True, 0)


def test_its_page_shows_what_it_gets_and_who_connected_it_nowhere(staff: Client) -> None:
    """Only how many."""
    service = ConnectedServiceFactory()

    shown = staff.get(f"/admin/partners/connectedservice/{service.pk}/change/").text

    assert 'value="name" id="id_fields_given_0" checked' in shown or 'id="id_fields_given_0" checked' in shown
    assert staff.get("/admin/partners/connectedservice/").status_code == 200
    assert staff.get(f"/admin/partners/connectedservice/{service.pk}/delete/").status_code == 403
