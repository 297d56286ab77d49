"""A domain that puts off many mails gets fewer, for a while; mails that answer what one person did do not wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from factory.declarations import Sequence

from mailings import tasks
from mailings.delivery import budgets
from mailings.delivery.budgets import FIRST, FREE, Outcome, note_outcomes
from mailings.delivery.claiming import BATCH
from mailings.models import Campaign, Delivery, DomainBudget
from mailings.services import queue_message
from mailings.services.campaigns import pause_campaign, resume_campaign
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import ends, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import at, mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
SLOW, MINUTE = "slow.example", timedelta(minutes=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns go out at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def put_off(count: int, *, taken: int = 0, now: datetime = NOW) -> int | None:
    """What the domain may get in a minute after a batch in which it put off so many; None: whatever there is."""
    note_outcomes({SLOW: Outcome(taken=taken, put_off=count, answer="451 4.7.1 Slow down")}, now=now)
    return DomainBudget.objects.filter(domain=SLOW).values_list("per_minute", flat=True).first()


@pytest.mark.parametrize(
    ("count", "taken", "per_minute"),
    [(1, 0, None), (4, 0, None), (5, 95, None), (5, 45, None), (5, 44, FIRST), (100, 0, FIRST)],
)
def test_more_than_one_in_ten_slows_a_domain_down(count: int, taken: int, per_minute: int | None) -> None:
    """A few that are put off say nothing: greylisting and full mailboxes are everywhere."""
    assert put_off(count, taken=taken) == per_minute


def test_it_is_halved_once_a_minute_and_never_to_nothing() -> None:
    """Of many batches that are refused at once, the first one counts."""
    first, second = put_off(50), put_off(50)
    send_to(SLOW, at=NOW + MINUTE)
    third = put_off(50, now=NOW + MINUTE)
    DomainBudget.objects.update(per_minute=1, put_off=0)

    assert (first, second, third) == (FIRST, FIRST, FIRST // 2)
    assert put_off(50) == 1


def test_a_minute_without_complaint_doubles_it_until_it_is_free() -> None:
    put_off(50)
    found = []
    for minute in range(1, 9):
        send_to(SLOW, at=NOW + minute * MINUTE)
        found.append(DomainBudget.objects.filter(domain=SLOW).values_list("per_minute", flat=True).first())

    assert found[:3] == [FIRST, FIRST * 2, FIRST * 4]  # the first minute is the one with the complaints
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
    by_the_minute = []
    for minute in (1, 2):
        with time_machine.travel(NOW + minute * MINUTE, tick=False):
            send_all()
            by_the_minute.append(len(catcher.recipients) - len(at_once))

    assert len([one for one in at_once if one.endswith("quick.example")]) == 5
    assert len([one for one in at_once if one.endswith(SLOW)]) == 2
    assert by_the_minute == [2, 3]
    assert set(ends(campaign).values()) == {"sent"}


def test_what_waits_is_written_once_and_not_each_minute(catcher: Catcher) -> None:
    """However long the backlog, and however the workers' batches fall."""
    campaign = backlog(3 * BATCH)
    DomainBudget.objects.create(domain=SLOW, per_minute=5, minute=NOW)
    send_all()
    before = laid_aside()
    for minute in range(1, 4):
        with time_machine.travel(NOW + minute * MINUTE, tick=False):
            DomainBudget.objects.update(put_off=1)  # it stays as slow as it is
            send_all()
    after = laid_aside()

    assert (len(before), len(after), len(catcher.mails)) == (3 * BATCH - 5, 3 * BATCH - 20, 20)
    assert after.items() <= before.items()
    assert fresh(campaign).state == "sending"


def test_a_backlog_goes_out_as_fast_as_the_domain_gets_better(catcher: Catcher) -> None:
    """It is not held up by the limit of the time when it was laid aside."""
    backlog(50)
    DomainBudget.objects.create(domain=SLOW, per_minute=2, minute=NOW)
    sent = []
    for minute in range(5):
        with time_machine.travel(NOW + minute * MINUTE, tick=False):
            send_all()
            sent.append(len(catcher.mails))

    assert sent == [2, 6, 14, 30, 50]


def test_a_minute_that_a_wrong_clock_has_begun_is_over(catcher: Catcher) -> None:
    """The clock ran a month ahead: until then the domain would get nothing more."""
    backlog(3)
    DomainBudget.objects.create(domain=SLOW, per_minute=2, minute=NOW + timedelta(days=30), taken=2, put_off=1)

    send_all()

    assert len(catcher.mails) == 2


def test_a_free_domain_leaves_the_list_when_nothing_is_laid_aside(catcher: Catcher) -> None:
    """What lies in a paused campaign is found when it goes on, within the minute."""
    campaign = backlog(3)
    DomainBudget.objects.create(domain=SLOW, per_minute=FREE, minute=NOW, taken=FREE)
    send_all()
    pause_campaign(campaign=campaign)
    found = []
    for minute in range(1, 9):
        with time_machine.travel(NOW + minute * MINUTE, tick=False):
            if minute == 7:
                resume_campaign(campaign=campaign)
            send_all()
            found.append((DomainBudget.objects.count(), len(catcher.mails)))

    assert found[:6] == [(1, 0)] * 6
    assert found[-1] == (0, 3)


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
    assert (budget.domain, budget.per_minute, budget.answer) == (SLOW, FIRST, "451 4.7.1 Slow down")


def backlog(number: int) -> Campaign:
    """A campaign with so many mails to one domain; who they are for is asked of nobody."""
    campaign = at("sending", release(write("announcement")))
    people = MemberFactory.create_batch(number, email=Sequence(lambda place: f"reader{place}@{SLOW}"))
    for person in people:
        mails(campaign, "pending", domain=SLOW, to=person.email, reader=None)
    return campaign


def laid_aside() -> dict[Any, datetime]:
    """Until when, by mail."""
    return dict(Delivery.objects.filter(state="pending").values_list("pk", "not_before"))


def send_to(domain: str, *, at: datetime) -> None:
    """A batch for the domain is shared out."""
    budgets.begin_minutes(now=at)
    budgets.share([Delivery(to=f"x@{domain}", domain=domain, not_before=at)], now=at)
