"""Workers send what is due, and the row says how it ended."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from mailings import delivery, periodic, tasks
from mailings.delivery.claiming import claim
from mailings.models import Delivery
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.catcher import Catcher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Rows are owed at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def owe(to: str = "amara@example.com", **changes: Any) -> Delivery:
    """A mail that waits to be sent."""
    words = {"template": "test", "language": "en", "subject": "Đắk Hòa", "text": "Chào bạn", "html": "", "now": NOW}
    return queue_message(to=to, **{**words, **changes})


def state(row: Delivery) -> tuple[str, int, str]:
    """State, attempts and the last answer."""
    row.refresh_from_db()
    return row.state, row.attempts, row.error


def test_what_is_due_is_sent(catcher: Catcher) -> None:
    """And the row says so."""
    row = owe()

    tasks.send_due_mail()

    assert (catcher.recipients, state(row)) == (["amara@example.com"], ("sent", 1, ""))
    assert (row.ended_at, row.lease_until) == (NOW, None)
    assert (row.subject, row.text, row.html) == ("", "", "")  # its reader has it


def test_the_mail_arrives_as_it_was_written(catcher: Catcher) -> None:
    """Letters of every language, lines that begin with a dot, text and HTML, and a header against vacation answers."""
    text = "Chào bạn\n.\n..two dots\n" + "long " * 300
    row = owe(text=text, html="<p>Chào bạn</p>")

    tasks.send_due_mail()

    mail = catcher.mails[0]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == text.strip()
    assert html.get_content().strip() == "<p>Chào bạn</p>"
    assert (mail["Subject"], mail["To"], mail["Auto-Submitted"]) == ("Đắk Hòa", "amara@example.com", "auto-generated")
    assert mail["Message-ID"] == f"<{row.pk}@localhost>"


def test_many_mails_go_over_one_connection(catcher: Catcher) -> None:
    """In the order in which they were owed."""
    for number in range(5):
        owe(f"person{number}@example.com", now=NOW - timedelta(minutes=5 - number))

    tasks.send_due_mail()

    assert catcher.recipients == [f"person{number}@example.com" for number in range(5)]
    assert len(catcher.sessions) == 1


def test_sending_again_sends_nothing(catcher: Catcher) -> None:
    """A task may run twice."""
    owe()

    tasks.send_due_mail()
    tasks.send_due_mail()
    periodic.sweep_outbox()

    assert len(catcher.mails) == 1


def test_what_is_not_due_yet_waits(catcher: Catcher) -> None:
    """Time lives in rows."""
    row = owe(now=NOW + timedelta(seconds=1))

    tasks.send_due_mail()

    assert (catcher.mails, state(row)) == ([], ("pending", 0, ""))


def test_the_sweep_finds_what_a_lost_wake_up_left(catcher: Catcher) -> None:
    """Nobody called the task."""
    row = owe()

    periodic.sweep_outbox()

    assert (len(catcher.mails), state(row)) == (1, ("sent", 1, ""))


@pytest.mark.parametrize("ends_in", ["sent", "bounced"])
def test_secrets_are_blanked_at_the_end(catcher: Catcher, ends_in: str) -> None:
    """A reset link must not lie around, whether it arrived or not."""
    catcher.on_recipient = lambda address: "550 No such mailbox" if ends_in == "bounced" else None
    row = owe(text="https://example.com/secret", html="<a>secret</a>")

    tasks.send_due_mail()

    assert (state(row)[0], row.text, row.html) == (ends_in, "", "")


@pytest.mark.parametrize("point", ["on_recipient", "on_dot"])
def test_a_refusal_that_may_pass_is_tried_again_later(catcher: Catcher, point: str) -> None:
    """4xx: after half a minute, then a minute, and the text stays."""
    setattr(catcher, point, lambda address: "451 Try later")
    row = owe()

    tasks.send_due_mail()

    assert (state(row), row.text) == (("pending", 1, "451 Try later"), "Chào bạn")
    assert row.not_before == NOW + timedelta(seconds=30)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        tasks.send_due_mail()
        assert (state(row), row.not_before) == (("pending", 2, "451 Try later"), NOW + timedelta(seconds=90))
    setattr(catcher, point, lambda address: None)
    with time_machine.travel(NOW + timedelta(seconds=90), tick=False):
        tasks.send_due_mail()
    assert (len(catcher.mails), state(row)) == (1, ("sent", 3, ""))


@pytest.mark.parametrize("point", ["on_recipient", "on_dot"])
def test_a_refusal_for_good_ends_it(catcher: Catcher, point: str) -> None:
    """5xx: nobody is asked again."""
    setattr(catcher, point, lambda address: "550 No such mailbox")
    row = owe()

    tasks.send_due_mail()
    tasks.send_due_mail()

    assert (catcher.mails, state(row)) == ([], ("bounced", 1, "550 No such mailbox"))


def test_one_refusal_does_not_hold_up_the_others(catcher: Catcher) -> None:
    """Each row has its own end."""
    catcher.on_recipient = lambda address: "550 No such mailbox" if address.startswith("gone") else None
    rows = [owe(f"{name}@example.com") for name in ("first", "gone", "last")]

    tasks.send_due_mail()

    assert sorted(catcher.recipients) == ["first@example.com", "last@example.com"]
    assert [state(row)[0] for row in rows] == ["sent", "bounced", "sent"]


@pytest.mark.parametrize("to", ["müller@example.com", "nobody", "a b@@example..com", "=?utf-8?q??=@example.com"])
def test_an_impossible_address_does_not_hold_up_the_others(catcher: Catcher, to: str) -> None:
    """It ends as refused; those behind it go out."""
    bad, good = owe(to, now=NOW - timedelta(hours=1)), owe("good@example.com")

    tasks.send_due_mail()

    assert (catcher.recipients, state(bad)[0], state(good)[0]) == (["good@example.com"], "bounced", "sent")


def test_a_domain_in_any_script_is_reached(catcher: Catcher) -> None:
    """As DNS knows it."""
    owe("info@münchen.example")

    tasks.send_due_mail()

    assert catcher.recipients == ["info@xn--mnchen-3ya.example"]


def test_after_many_attempts_it_ends(catcher: Catcher) -> None:
    """About a day and a half."""
    catcher.on_recipient = lambda address: "451 Try later"
    row = owe()
    Delivery.objects.update(attempts=delivery.MOST_ATTEMPTS - 1)

    tasks.send_due_mail()

    assert state(row) == ("bounced", delivery.MOST_ATTEMPTS, "451 Try later")


def test_a_slow_server_uses_up_the_lease_and_the_rest_is_claimed_again(catcher: Catcher) -> None:
    """Nothing is sent twice, nothing is left."""
    with time_machine.travel(NOW, tick=False) as clock:

        def slow(address: str) -> None:
            clock.shift(delivery.LEASE * 0.6)

        catcher.on_dot = slow
        for number in range(4):
            owe(f"person{number}@example.com")

        for _run in range(3):
            tasks.send_due_mail()
            clock.shift(delivery.LEASE)

    assert sorted(catcher.recipients) == [f"person{number}@example.com" for number in range(4)]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_sender_with_a_name_goes_into_the_envelope_without_it(catcher: Catcher, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_DOMAIN = "Market <hello@market.example>", ""
    row = owe()

    tasks.send_due_mail()

    assert (catcher.senders, state(row)[0]) == (["hello@market.example"], "sent")


def test_rows_whose_worker_died_are_tried_one_by_one(catcher: Catcher) -> None:
    """One of them may have killed it; the others are not to share its fate."""
    rows = [owe(f"person{number}@example.com") for number in range(3)]
    Delivery.objects.update(state="claimed", attempts=1, lease_until=NOW - timedelta(seconds=1))

    batches = [[row.pk for row in claim(now=NOW)] for _batch in range(4)]

    assert [len(batch) for batch in batches] == [1, 1, 1, 0]
    assert {pk for batch in batches for pk in batch} == {row.pk for row in rows}


def test_claims_that_came_to_nothing_make_no_end_unknown(catcher: Catcher) -> None:
    """Only ends that nobody knows are counted as such: five workers died before, none of them at the dot."""
    row = owe()
    Delivery.objects.update(state="in_flight", attempts=6, lease_until=NOW - timedelta(seconds=1))

    delivery.settle_abandoned(now=NOW)

    row.refresh_from_db()
    assert (row.state, row.unknown_ends) == ("pending", 1)
