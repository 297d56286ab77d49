"""Companies apply to become partners on a public page, without a cookie."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.test import Client

from mailings.models import Delivery
from partners.models import PartnerApplication
from partners.sources import sources
from privacy.cookieless import SALT
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PAGE = "/partners/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def form(**changes: Any) -> dict[str, Any]:
    """Filled in."""
    return {
        "form_token": signing.dumps("partners", salt=SALT),
        "submission": str(uuid4()),
        "company": "Harbour Trade Board BV",
        "website": "harbour.example",
        "country": "NL",
        "contact_name": "Vera Bello",
        "email": "vera@harbour.example",
        "plan": "We show offers of coffee to roasters.",
        "scopes": ["changes:read", "leads:read"],
        **changes,
    }


def test_the_page_says_what_there_is_to_pull(client: Client) -> None:
    """Everything that is registered, and nothing by hand."""
    page = client.get(PAGE).content.decode()

    assert [one.about in page for one in sources().values()] == [True] * len(sources())
    assert client.cookies == {}


def test_an_application_waits_for_staff_and_its_sender_is_told(client: Client) -> None:
    """The mail repeats nothing that was typed."""
    page = client.post(PAGE, form())

    (one,) = PartnerApplication.objects.all()
    assert (page.status_code, one.state, one.received_at) == (200, "received", NOW)
    assert (one.company, one.website, one.country.code, one.purpose, one.scopes) == (
        "Harbour Trade Board BV",
        "https://harbour.example",
        "NL",
        "We show offers of coffee to roasters.",
        ["changes:read", "leads:read"],
    )
    (mail,) = Delivery.objects.all()
    assert (mail.to, mail.subject) == ("vera@harbour.example", "We have your application as a partner")
    assert re.search("Harbour Trade|Vera|roasters", mail.text + mail.html) is None


def test_of_two_presses_one_applies(client: Client) -> None:
    same = form()
    client.post(PAGE, same)
    client.post(PAGE, same)

    assert (PartnerApplication.objects.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"company": ""}, "company"),
        ({"website": "not an address"}, "website"),
        ({"country": "XX"}, "country"),
        ({"email": "vera"}, "email"),
        ({"plan": ""}, "plan"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["leads:write"]}, "scopes"),
        ({"submission": "x"}, "submission"),
        ({"form_token": "forged"}, "__all__"),
        ({"homepage": "https://spam.example"}, "__all__"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client: Client, changes: dict[str, Any], field: str) -> None:
    """Forged and mechanical ones too; what was typed stays on the page."""
    page = client.post(PAGE, form(**changes))

    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert (PartnerApplication.objects.count(), Delivery.objects.count()) == (0, 0)


def test_another_site_cannot_send_it(client: Client) -> None:
    answer = client.post(PAGE, form(), headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, PartnerApplication.objects.count()) == (403, 0)


def test_one_address_is_written_to_three_times_a_day(client: Client, clock: time_machine.Traveller) -> None:
    """Anybody can type anybody's."""
    statuses = [client.post(PAGE, form()).status_code for _ in range(3)]
    refused = client.post(PAGE, form(email="VERA@harbour.example"))

    assert (statuses, refused.status_code, PartnerApplication.objects.count()) == ([200] * 3, 429, 3)
    clock.shift(timedelta(days=1, seconds=1))
    assert client.post(PAGE, form()).status_code == 200


def test_every_page_links_to_it(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/about/").content.decode()
