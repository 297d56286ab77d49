"""The way back to a service: a code for one visit, by which it learns which contact the browser at its door is."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.test import Client

from partners.models import ConnectedService
from privacy.models import Disclosure
from tests.factories import NOW, ConnectedServiceFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.connecting import answer, contacts, events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator", "policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which everything was said."""
    with time_machine.travel(NOW, tick=False):
        yield


def way_back(shown: str) -> dict[str, str]:
    """The parameters of the link that leads on to the service."""
    found = re.search(r'href="https://quayside\.example/back\?([^"]*)"', shown)
    assert found
    return dict(parse_qsl(unescape(found[1])))


def claim(caller: Caller, code: str, state: str) -> Any:
    return caller.send("POST", "contacts/claim/", {"code": code, "state": state})


def test_the_way_back_carries_a_code_for_this_visit_by_which_the_service_learns_who_it_is(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """The page that the member came to, and what it is claimed with, are the service's alone."""
    back = way_back(answer(browser, service, "yes", state="a b&c").text)

    claimed = claim(crm, back["code"], "a b&c").json()

    assert (back["from"], back["state"], claimed["name"]) == ("market", "a b&c", "Ama Mensah")
    assert claimed == {**crm.get(f"contacts/{claimed['id']}/").json(), "valid_until": claimed["valid_until"]}


@pytest.mark.parametrize("who", ["another state", "another service", "a made-up code", "too late"])
def test_a_code_is_good_for_its_visit_and_its_service_alone(
    browser: Client, crm: Caller, service: ConnectedService, who: str
) -> None:
    """Else whoever once saw one could bind another's contact to an account of theirs."""
    code = way_back(answer(browser, service, "yes", state="s1").text)["code"]
    caller = partner_caller(partner=ConnectedServiceFactory().partner) if who == "another service" else crm
    late = timedelta(minutes=11) if who == "too late" else timedelta()

    with time_machine.travel(NOW + late, tick=False):
        refused = claim(caller, "x" if who == "a made-up code" else code, "s2" if who == "another state" else "s1")

    assert (refused.status_code, refused.json()["errors"][0]["name"], Disclosure.objects.count()) == (422, "code", 0)


def test_without_a_visit_of_the_service_there_is_no_way_back(browser: Client, service: ConnectedService) -> None:
    """A link without its state would be one that the service has to refuse."""
    assert "quayside.example/back" not in answer(browser, service, "yes").text


def test_a_no_passes_nothing_on_and_the_way_back_says_so(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """The service learns that it was a no, and nothing of who said it."""
    back = way_back(answer(browser, service, "no", state="s1").text)

    assert back == {"from": "market", "error": "access_denied", "state": "s1"}
    assert (contacts(crm), events(), Disclosure.objects.count()) == (
        [],
        [(f"service:{service.partner_id}", False)],
        0,
    )
