"""What is written down of a browser's answer: a yes and its end, under a number that is in the browser meanwhile."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from privacy.cookies import CHOICE
from privacy.models import ConsentEvent
from tests.factories import NOW
from tests.privacy.answering import SETTINGS, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
GPC = {"Sec-GPC": "1"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def said() -> list[tuple[str, str, bool, str, bool]]:
    events = ConsentEvent.objects.order_by("id")
    return list(events.values_list("purpose", "channel", "given", "method", "gpc"))


def test_a_refusal_leaves_no_number_anywhere_and_is_alike_in_every_browser(client: Client) -> None:
    """It says no and when; a number would tell browsers apart for a year."""
    other = Client()
    for one in (client, other, other):
        answer(one, "no")

    cookie = client.cookies[CHOICE].value
    assert cookie.rpartition(":")[0] == f".{int(NOW.timestamp()) // 86_400}.0.-preferences"
    assert other.cookies[CHOICE].value == cookie
    assert said() == []
    page = client.get(SETTINGS).text
    assert '<time datetime="2026-11-22">22 Nov 2026</time>' in page
    assert ("Now: No, since" in page, "under the number" in page) == (True, False)


def test_a_yes_that_is_taken_back_is_written_down_under_its_number_which_then_goes(client: Client) -> None:
    answer(client, "yes")
    (event,) = ConsentEvent.objects.all()
    assert event.subject.hex in client.cookies[CHOICE].value
    assert str(event.subject) in client.get(SETTINGS).text

    answer(client, "no")
    answer(client, "no")

    assert [one.given for one in ConsentEvent.objects.of(event.subject).order_by("id")] == [True, False]
    assert len(said()) == 2
    assert client.cookies[CHOICE].value.startswith(".")
    answer(client, "yes")
    assert event.subject.hex not in client.cookies[CHOICE].value
    assert len(said()) == 3


def test_a_yes_that_the_signal_overruled_can_still_be_taken_back_on_record(client: Client) -> None:
    answer(client, "yes")

    answer(client, "no", headers=GPC)

    assert said() == [
        ("preferences", "browser", True, "banner", False),
        ("preferences", "browser", False, "banner", True),
    ]
    assert client.cookies[CHOICE].value.startswith(".")


def test_anothers_number_cannot_be_guessed_or_written(client: Client) -> None:
    """Nobody adds words to the proof of somebody else."""
    answer(client, "yes")
    victim = ConsentEvent.objects.get().subject

    thief = Client()
    thief.cookies[CHOICE] = client.cookies[CHOICE].value.replace(victim.hex, uuid4().hex)
    answer(thief, "no")

    assert [event.given for event in ConsentEvent.objects.of(victim)] == [True]
