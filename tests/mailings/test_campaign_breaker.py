"""A campaign that is refused everywhere stops by itself, rather than spoil the sender's name with a million mails."""

from collections.abc import Iterator

import pytest
import time_machine

from mailings.delivery import tallies
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, figures, fresh, release, send_all, write
from tests.mailings.catcher import BREAK_OFF, Catcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns are released at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_campaign_that_no_server_takes_stops_by_itself(monkeypatch: pytest.MonkeyPatch, catcher: Catcher) -> None:
    monkeypatch.setattr(tallies, "BREAKER", 3)
    for number in range(4):
        agree(MemberFactory(email=f"member{number}@example.com"))
    catcher.on_recipient = lambda _address: "550 5.7.1 Blocked"

    campaign = release(write())
    send_all()

    assert (fresh(campaign).state, fresh(campaign).halt) == ("paused", "no server takes its mails: 550 5.7.1 Blocked")


def test_a_campaign_of_whose_mails_no_end_is_known_stops_by_itself(
    monkeypatch: pytest.MonkeyPatch, catcher: Catcher
) -> None:
    """They would all be uncertain, and none be sent again."""
    monkeypatch.setattr(tallies, "BREAKER", 3)
    for number in range(3):
        agree(MemberFactory(email=f"member{number}@example.com"))
    catcher.on_dot = lambda _address: BREAK_OFF

    campaign = release(write())
    send_all()

    assert (fresh(campaign).state, fresh(campaign).halt[:28]) == ("paused", "no server takes its mails: C")


def test_a_mail_that_was_taken_between_begins_the_count_anew(monkeypatch: pytest.MonkeyPatch, catcher: Catcher) -> None:
    monkeypatch.setattr(tallies, "BREAKER", 3)
    for number in range(5):
        agree(MemberFactory(email=f"member{number}@example.com"))
    answers = iter([True, True, False, True, True])
    catcher.on_recipient = lambda _address: "550 5.1.1 Gone" if next(answers) else None

    campaign = release(write())
    send_all()

    assert figures(campaign) == {"audience": 5, "sent": 1, "bounced": 4}
