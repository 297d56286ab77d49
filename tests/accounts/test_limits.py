"""Input that no table can hold gets a clear answer and costs little."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.forms import fields
from accounts.models import Invitation
from mailings.models import Delivery
from tests.factories import CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db


def test_an_address_of_three_hundred_letters_is_refused_in_the_reset_form(client: Client) -> None:
    """The address has the form of one, and no column is wide enough."""
    response = client.post("/account/password/reset/", {"email": "a" * 250 + "@example.com"})

    assert response.status_code == 200
    assert "at most 254 characters" in response.text
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("name", ["Pay at https://evil.example/login", "see www.evil.example", "amara@example.com"])
def test_a_name_holds_no_link_and_no_address(name: str) -> None:
    """It stands in mails to strangers."""
    with pytest.raises(ValidationError):
        fields.refuse_contacts(name)


@pytest.mark.parametrize("target", ["foo", "//evil.example/", "https://evil.example", "javascript:alert(1)"])
def test_switching_companies_leads_to_our_own_pages_only(client: Client, target: str) -> None:
    """A word without a slash is no address either."""
    company = CompanyFactory()
    client.force_login(MemberFactory(company=company))

    response = client.post("/my/companies/switch/", {"company": company.pk, "next": target})

    assert (response.status_code, response.headers["Location"]) == (302, "/my/company/")


def test_a_suspended_company_sends_no_invitations(client: Client) -> None:
    """Nothing goes out in its name."""
    client.force_login(MemberFactory(company=CompanyFactory(state="suspended")))

    response = client.post("/my/company/team/invite/", {"email": "new@example.com", "role": "editor"})

    assert "suspended, so it cannot invite" in response.text
    assert (Delivery.objects.count(), Invitation.objects.count()) == (0, 0)
