"""Mails about new leads that wait when somebody wants no more of them."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mailings.models import Delivery
from mailings.services import queue_message
from offerboard.models import Notice, SavedSearch
from offerboard.services.alerts import choose_frequency
from tests.factories import NOW, MemberFactory
from tests.offerboard.alerting import HOUR, asks, frequencies, links, mailed, publish, told, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def states() -> list[tuple[str, str]]:
    """Of the mails about new leads: state and text, which is forgotten."""
    mails = Delivery.objects.filter(template="new_leads").order_by("queued_at", "to")
    return [(mail.state, mail.text[:4]) for mail in mails]


@pytest.mark.parametrize("name", ["stop", "stop-all"])
@pytest.mark.parametrize("state", ["pending", "claimed"])
def test_a_mail_that_waits_is_taken_back_in_any_case_of_its_address(name: str, state: str) -> None:
    saved, _other, text = mailed()
    Delivery.objects.update(state=state, lease_until=NOW + HOUR, to=saved.member.email.upper())

    Client().post(links(text, name)[0])

    assert states() == [("suppressed", "")]
    work(NOW + HOUR)
    assert len(told()) == 1


@pytest.mark.parametrize("state", ["in_flight", "sent", "bounced"])
def test_what_has_left_or_is_over_stays_as_it_is(state: str) -> None:
    saved, _other, text = mailed()
    Delivery.objects.update(state=state, lease_until=NOW + HOUR)

    Client().post(links(text, "stop")[0])

    assert states() == [(state, "Dear")]
    assert list(Notice.objects.values_list("search", "mailed_at")) == [(saved.pk, NOW)]


def test_what_others_are_told_and_other_mails_to_the_member_stay() -> None:
    saved, _other, text = mailed()
    for template, to in (("new_leads", "b@example.com"), ("suggestions", saved.member.email)):
        queue_message(template=template, to=to, language="en", subject="x", text="x", html="", now=NOW)

    Client().post(links(text, "stop-all")[0])

    assert sorted(Delivery.objects.values_list("template", "state")) == [
        ("new_leads", "pending"),
        ("new_leads", "suppressed"),
        ("suggestions", "pending"),
    ]


def test_what_other_searches_had_found_goes_with_the_next_mail() -> None:
    saved = asks(words="coffee", name="Coffee")
    asks(saved.member, words="cashew", name="Cashew")
    publish(title="Coffee, arabica")
    publish(title="Coffee, cashew")
    work()

    choose_frequency(member=saved.member, pk=saved.pk, frequency="off", now=NOW)
    work(NOW + HOUR)

    first, second = Delivery.objects.order_by("queued_at")
    assert (first.state, second.state) == ("suppressed", "pending")
    assert ["Coffee, cashew" in second.text, "Coffee, arabica" in second.text] == [True, False]


def delete(saved: SavedSearch) -> None:
    client = Client()
    client.force_login(saved.member)
    client.post(reverse("offerboard:delete_search", args=[saved.pk]))


def turn_off(saved: SavedSearch) -> None:
    client = Client()
    client.force_login(saved.member)
    client.post(reverse("offerboard:search_mails", args=[saved.pk]), {"frequency": "off"})


@pytest.mark.parametrize("change", [delete, turn_off])
@pytest.mark.parametrize(
    "waits",
    [
        {"state": "pending"},
        {"state": "claimed", "lease_until": NOW + HOUR},
        {"state": "pending", "attempts": 3, "not_before": NOW + HOUR, "error": "451 Later"},
    ],
)
def test_a_search_that_is_deleted_or_turned_off_sends_nothing_that_waits(change: Any, waits: dict[str, Any]) -> None:
    saved, _other, _text = mailed()
    Delivery.objects.update(**waits)

    change(saved)

    assert states() == [("suppressed", "")]


@pytest.mark.parametrize("state", ["in_flight", "sent"])
def test_what_has_left_stays_as_it_is_when_its_search_is_deleted(state: str) -> None:
    saved, _other, _text = mailed()
    Delivery.objects.update(state=state, lease_until=NOW + HOUR)

    delete(saved)

    assert states() == [(state, "Dear")]


def test_what_other_searches_had_found_goes_on_when_one_is_deleted() -> None:
    saved = asks(words="coffee", name="Coffee")
    asks(saved.member, words="cashew", name="Cashew")
    publish(title="Coffee, arabica")
    publish(title="Coffee, cashew")
    work()

    delete(saved)
    work(NOW + HOUR)

    first, second = Delivery.objects.order_by("queued_at")
    assert (first.state, second.state) == ("suppressed", "pending")
    assert ["Coffee, cashew" in second.text, "Coffee, arabica" in second.text] == [True, False]


def test_nobody_takes_back_the_mails_of_others_by_deleting(client: Client) -> None:
    saved, _other, _text = mailed()
    client.force_login(MemberFactory())

    answer = client.post(reverse("offerboard:delete_search", args=[saved.pk]))

    assert (answer.status_code, states(), frequencies()) == (404, [("pending", "Dear")], ["daily", "instant"])
