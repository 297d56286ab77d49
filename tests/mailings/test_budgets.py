"""A domain that puts off many mails gets fewer, for a while; mails that answer what one person did do not wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from mailings import tasks
from mailings.delivery import budgets
from mailings.delivery.budgets import FIRST, Outcome, note_outcomes
from mailings.models import Delivery, DomainBudget
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.campaigning import ends, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
SLOW, MINUTE = "slow.example", timedelta(minutes=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns go out at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def put_off(count: int, *, taken: int = 0, at: datetime = NOW) -> int | None:
    """What the domain may get in a minute after a batch in which it put off so many; None: whatever there is."""
    note_outcomes({SLOW: Outcome(taken=taken, put_off=count, answer="451 4.7.1 Slow down")}, now=at)
    return DomainBudget.objects.filter(domain=SLOW).values_list("per_minute", flat=True).first()


@pytest.mark.parametrize(
    ("count", "taken", "per_minute"),
    [(1, 0, None), (4, 0, None), (5, 95, None), (5, 45, None), (5, 44, FIRST // 2), (100, 0, FIRST // 2)],
)
def test_more_than_one_in_ten_slows_a_domain_down(count: int, taken: int, per_minute: int | None) -> None:
    """A few that are put off say nothing: greylisting and full mailboxes are everywhere."""
    assert put_off(count, taken=taken) == per_minute


def test_it_is_halved_once_a_minute_and_never_to_nothing() -> None:
    """Of many batches that are refused at once, the first one counts."""
    first, second = put_off(50), put_off(50)
    send_to(SLOW, at=NOW + MINUTE)
    third = put_off(50, at=NOW + MINUTE)
    DomainBudget.objects.update(per_minute=1, put_off=0)

    assert (first, second, third) == (FIRST // 2, FIRST // 2, FIRST // 4)
    assert put_off(50) == 1


def test_a_minute_without_complaint_doubles_it_until_it_is_free() -> None:
    put_off(50)
    found = []
    for minute in range(1, 9):
        send_to(SLOW, at=NOW + minute * MINUTE)
        found.append(DomainBudget.objects.filter(domain=SLOW).values_list("per_minute", flat=True).first())

    assert found[:3] == [FIRST // 2, FIRST, FIRST * 2]  # the first minute is the one with the complaints
    assert found[-1] is None


def test_what_is_beyond_the_budget_waits_for_its_minute_and_others_do_not(catcher: Catcher) -> None:
    """Nobody behind it in the batch is held up."""
    DomainBudget.objects.create(domain=SLOW, per_minute=2, minute=NOW, put_off=1)
    for number in range(5):
        subscriber(f"reader{number}@{SLOW}")
        subscriber(f"reader{number}@quick.example")

    campaign = release(write())
    send_all()
    at_once = sorted(catcher.recipients)
    waiting = [row.not_before - NOW for row in Delivery.objects.filter(state="pending").order_by("not_before")]
    for minute in (1, 2, 3):
        with time_machine.travel(NOW + minute * MINUTE, tick=False):
            send_all()

    assert len([one for one in at_once if one.endswith("quick.example")]) == 5
    assert len([one for one in at_once if one.endswith(SLOW)]) == 2
    assert waiting == [MINUTE, MINUTE, 2 * MINUTE]
    assert set(ends(campaign).values()) == {"sent"}


def test_a_mail_to_one_person_does_not_wait_for_a_budget(catcher: Catcher) -> None:
    """Whoever resets a password is not made to wait by a newsletter."""
    DomainBudget.objects.create(domain=SLOW, per_minute=1, minute=NOW, taken=1)
    words: dict[str, Any] = {"template": "test", "language": "en", "subject": "x", "text": "y", "html": ""}
    queue_message(to=f"amara@{SLOW}", now=NOW, **words)

    tasks.send_due_mail()

    assert catcher.recipients == [f"amara@{SLOW}"]


def test_a_server_that_refuses_is_learnt_from(catcher: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the answers of a batch, not from a setting."""
    monkeypatch.setattr(budgets, "ENOUGH", 2)
    for number in range(3):
        subscriber(f"reader{number}@{SLOW}")
    catcher.on_recipient = lambda _address: "451 4.7.1 Slow down"

    release(write())
    send_all()

    budget = DomainBudget.objects.get()
    assert (budget.domain, budget.per_minute, budget.answer) == (SLOW, FIRST // 2, "451 4.7.1 Slow down")


def send_to(domain: str, *, at: datetime) -> None:
    """A batch for the domain is shared out."""
    budgets.share([Delivery(to=f"x@{domain}", domain=domain, not_before=at)], now=at)
