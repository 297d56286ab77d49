"""Our own mail server is silent, or does not let us in: nobody's mail is to blame, and all of it waits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import IntegrityError, connection, transaction

from mailings import delivery, periodic, tasks
from mailings.delivery import outages
from mailings.models import Delivery, Outage
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.campaigning import fresh, release, send_all, subscriber, write
from tests.mailings.catcher import BREAK_OFF, Catcher
from tests.ports import deaf_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
SECOND = timedelta(seconds=1)
LAST = delivery.MOST_ATTEMPTS


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Mails are due at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def nobody(settings: Any) -> Iterator[None]:
    """No server listens where mail should go."""
    with deaf_port() as port:
        settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
        yield


@pytest.fixture
def strict(settings: Any) -> Iterator[Catcher]:
    """A server that does not know our password."""
    catcher = Catcher()
    port = catcher.smtp["EMAIL_PORT"]
    catcher.controller = Controller(
        catcher,
        hostname="127.0.0.1",
        port=port,
        authenticator=lambda *_who: AuthResult(success=False, handled=False),
        auth_require_tls=False,
        ready_timeout=60,
    )
    catcher.start()
    settings.SMTP = {**catcher.smtp, "EMAIL_HOST_USER": "market", "EMAIL_HOST_PASSWORD": "wrong"}
    yield catcher
    catcher.stop()


def owe(number: int = 0, **changes: Any) -> Delivery:
    words: dict[str, Any] = {"template": "x", "language": "en", "subject": "x", "text": "y", "html": "", "now": NOW}
    row = queue_message(to=f"person{number}@example.com", **words)
    Delivery.objects.filter(pk=row.pk).update(**changes)
    return row


def found() -> set[tuple[str, int, str]]:
    """State, attempts and the last answer of all mails."""
    return set(Delivery.objects.values_list("state", "attempts", "error"))


# --- nobody is to blame ----------------------------------------------------------------------------------------------


def test_without_a_server_mails_stay_as_they_are_on_their_last_attempt_too(nobody: None) -> None:
    """Nobody was asked about them, so that none ends as refused, however long it takes."""
    for number in range(3):
        owe(number, attempts=LAST - 1)

    for hour in range(50):
        with time_machine.travel(NOW + timedelta(hours=hour), tick=False):
            periodic.sweep_outbox()

    assert found() == {("pending", LAST - 1, "")}
    assert Outage.objects.get().since == NOW


def test_a_wrong_password_harms_no_mail_and_its_answer_is_kept(strict: Catcher) -> None:
    owe()

    tasks.send_due_mail()

    assert (found(), strict.mails) == ({("pending", 0, "")}, [])
    assert Outage.objects.get().said == "535 5.7.8 Authentication credentials invalid"


def test_a_password_that_cannot_be_said_is_no_end_of_the_world(strict: Catcher, settings: Any) -> None:
    """It would stop the worker with its rows claimed."""
    settings.SMTP = {**settings.SMTP, "EMAIL_HOST_PASSWORD": "größer"}
    owe()

    tasks.send_due_mail()

    assert (found(), Outage.objects.count()) == ({("pending", 0, "")}, 1)


def test_a_refused_sender_harms_no_mail_and_is_kept_without_its_address(catcher: Catcher) -> None:
    """All mails have ours."""
    catcher.on_sender = lambda address: f"554 5.7.1 <{address}>: Relay access denied"
    owe()

    tasks.send_due_mail()

    assert (found(), catcher.mails) == ({("pending", 0, "")}, [])
    assert Outage.objects.get().said == "554 5.7.1 <…>: Relay access denied"


def test_a_server_that_has_enough_of_one_connection_is_asked_over_another(catcher: Catcher) -> None:
    """That is no outage; it takes two mails at a time."""
    heard: list[str] = []

    def only_two(address: str) -> str | None:
        heard.append(address)
        return "452 4.7.0 Too many mails" if len(heard) % 3 == 0 else None

    catcher.on_sender = only_two
    for number in range(5):
        owe(number)

    tasks.send_due_mail()

    assert (len(catcher.mails), len(catcher.sessions)) == (5, 3)
    assert (found(), Outage.objects.count()) == ({("sent", 1, "")}, 0)


def test_a_running_campaign_waits_and_is_not_stopped(nobody: None) -> None:
    """It needs nobody to go on."""
    for number in range(3):
        subscriber(f"reader{number}@example.com")

    campaign = release(write())
    for minute in range(200):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            send_all()

    campaign = fresh(campaign)
    assert (campaign.state, campaign.failures, campaign.halt) == ("sending", 0, "")
    assert found() == {("pending", 0, "")}


@pytest.mark.parametrize("is_first", [True, False])
def test_a_receiver_at_whom_the_server_hangs_up_stops_no_other_mail(catcher: Catcher, is_first: bool) -> None:
    """Each asking would begin with that mail: nothing would ever leave."""
    odd = "person0@example.com" if is_first else "person1@example.com"
    catcher.on_recipient = lambda address: BREAK_OFF if address == odd else None
    for number in range(3):
        owe(number)

    tasks.send_due_mail()

    assert sorted(catcher.recipients) == sorted({f"person{number}@example.com" for number in range(3)} - {odd})
    assert Delivery.objects.get(to=odd).attempts == 1
    assert Delivery.objects.get(to=odd).not_before > NOW
    assert Outage.objects.count() == 0


# --- asking again ----------------------------------------------------------------------------------------------------


def test_it_is_asked_once_for_all_mails_and_then_not_for_a_while(nobody: None) -> None:
    for number in range(delivery.BATCH + 5):
        owe(number)

    for _worker in range(3):
        tasks.send_due_mail()

    assert Outage.objects.get().tries == 1


def test_the_pause_grows_up_to_two_minutes() -> None:
    """Of two workers that learn it at once, one counts."""
    pauses, at = [], NOW
    for _time in range(8):
        outages.note_silence("silent", now=at)
        outages.note_silence("silent", now=at)
        ask_again_at = Outage.objects.get().ask_again_at
        pauses.append((ask_again_at - at) // SECOND)
        at = ask_again_at

    assert pauses == [5, 10, 20, 40, 80, 120, 120, 120]
    assert outages.is_too_early(now=at - SECOND)
    assert not outages.is_too_early(now=at)


def test_when_it_answers_again_all_goes_out_by_itself(nobody: None, request: pytest.FixtureRequest) -> None:
    subscriber("reader@example.com")
    campaign = release(write())
    owe()
    tasks.send_due_mail()
    send_all()
    silent = Outage.objects.count()
    catcher = request.getfixturevalue("catcher")

    with time_machine.travel(NOW + 10 * SECOND, tick=False):
        tasks.send_due_mail()
        send_all()

    assert (silent, Outage.objects.count(), fresh(campaign).state) == (1, 0, "done")
    assert sorted(catcher.recipients) == ["person0@example.com", "reader@example.com"]


def test_a_pause_that_a_wrong_clock_has_written_does_not_hold() -> None:
    """The clock ran a month ahead, or that of another machine does: no pause is so long."""
    outages.note_silence("silent", now=NOW + timedelta(days=30))

    early = outages.is_too_early(now=NOW)
    outages.note_silence("still silent", now=NOW)

    assert not early
    assert Outage.objects.get().said == "still silent"
    assert Outage.objects.get().ask_again_at == NOW + 10 * SECOND


def test_what_nobody_has_asked_about_for_an_hour_is_over() -> None:
    """The mails that waited were taken back: nobody learns that the server answers, and nobody waits for it."""
    for second in (0, 5):
        outages.note_silence("silent", now=NOW + second * SECOND)
    later = NOW + timedelta(hours=2)

    at_first, by_then = ([*Outage.objects.lasting(at=at).values_list("since", flat=True)] for at in (NOW, later))
    outages.note_silence("silent again", now=later)

    assert (at_first, by_then) == ([NOW], [])
    again = Outage.objects.get()
    assert (again.since, again.tries, again.ask_again_at) == (later, 1, later + 5 * SECOND)


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_hear_it_and_do_not_at_the_same_moments_none_stumbles() -> None:
    def work(number: int) -> None:
        try:
            for turn in range(40):
                outages.note_silence("silent", now=NOW + (number + turn) * timedelta(minutes=3))
                outages.end_outage()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))

    assert Outage.objects.count() == 0


def test_there_is_one_outage_at_most() -> None:
    with pytest.raises(IntegrityError, match="outage_is_one"), transaction.atomic():
        Outage.objects.create(pk=2, since=NOW, ask_again_at=NOW, said="silent")
    assert Outage.objects.count() == 0
