"""Workers that die, and workers that compete: nothing is lost, nothing is silently repeated."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from mailings import delivery, periodic, tasks
from mailings.models import Delivery
from mailings.services import queue_message
from tests.mailings.catcher import BREAK_OFF, Catcher
from tests.processes import environment_of_test
from tests.waiting import whoever_comes_is_gone_after

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = "import django; django.setup(); from mailings import tasks; tasks.send_due_mail()"


def owe(number: int = 0) -> Delivery:
    """A mail that is due."""
    return queue_message(
        template="test",
        to=f"person{number}@example.com",
        language="en",
        subject="x",
        text="y",
        html="",
        now=timezone.now(),
    )


def worker(catcher: Catcher) -> "subprocess.Popen[bytes]":
    """A process of its own that sends what is due in this test's database."""
    environment = environment_of_test(EMAIL_URL=f"smtp://127.0.0.1:{catcher.smtp['EMAIL_PORT']}")
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=django_settings.BASE_DIR)


def kill_at(catcher: Catcher, point: str) -> None:
    """Start a worker, wait until the server has reached the point, and kill the worker there."""
    reached, killed = threading.Event(), threading.Event()

    def wait(address: str) -> None:
        reached.set()
        assert killed.wait(120)

    setattr(catcher, point, wait)
    with whoever_comes_is_gone_after():
        process = worker(catcher)
        try:
            assert reached.wait(120)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed.set()
    setattr(catcher, point, lambda address: None)


def leases_run_out() -> None:
    """As if minutes had passed."""
    Delivery.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_kill_between_claim_and_dot_loses_nothing_and_repeats_nothing(catcher: Catcher) -> None:
    """A mail without its final dot was never sent; the lease runs out and another worker sends it."""
    rows = [owe(number) for number in range(3)]

    kill_at(catcher, "on_recipient")
    claimed = set(Delivery.objects.values_list("state", flat=True))
    periodic.sweep_outbox()
    while_leased = len(catcher.mails)
    leases_run_out()
    periodic.sweep_outbox()

    assert (claimed, while_leased) == ({"claimed"}, 0)
    assert sorted(catcher.recipients) == [row.to for row in rows]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_kill_at_the_dot_is_visible_and_sends_again_under_the_same_message_id(catcher: Catcher) -> None:
    """Nobody can know whether the first one was taken; a mailbox that got both can tell that they are one."""
    row = owe()

    kill_at(catcher, "on_dot")
    row.refresh_from_db()
    in_between = row.state
    periodic.sweep_outbox()
    while_leased = len(catcher.sessions)
    leases_run_out()
    periodic.sweep_outbox()

    row.refresh_from_db()
    assert (in_between, row.state) == ("in_flight", "sent")
    assert (while_leased, len(catcher.sessions)) == (1, 2)
    assert {mail["Message-ID"] for mail in catcher.mails} == {f"<{row.pk}@localhost>"}


def test_a_connection_that_breaks_at_the_dot_leaves_the_same_trace(catcher: Catcher) -> None:
    """And the mails behind it go out at once, over a new connection."""
    first, second = owe(1), owe(2)

    catcher.on_dot = lambda address: BREAK_OFF if address == first.to else None

    tasks.send_due_mail()

    assert dict(Delivery.objects.values_list("to", "state")) == {first.to: "in_flight", second.to: "sent"}


def test_two_workers_at_once_send_once(catcher: Catcher) -> None:
    """Each row is claimed by one of them."""
    rows = [owe(number) for number in range(40)]
    start = threading.Barrier(4)

    def work(run: Callable[[], None]) -> None:
        start.wait()
        try:
            run()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [tasks.send_due_mail, periodic.sweep_outbox] * 2))

    assert sorted(catcher.recipients) == sorted(row.to for row in rows)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_worker_that_wakes_up_late_does_not_send_what_another_has_sent(catcher: Catcher) -> None:
    """Its lease ran out while it waited for the server; before the dot it finds the row gone."""
    owe()
    waiting, go_on = threading.Event(), threading.Event()
    asked: list[str] = []

    def first_one_waits(address: str) -> None:
        asked.append(address)
        if len(asked) == 1:
            waiting.set()
            assert go_on.wait(120)

    catcher.on_recipient = first_one_waits

    def slow_worker() -> None:
        try:
            delivery.send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_worker)
        assert waiting.wait(120)
        leases_run_out()
        periodic.sweep_outbox()
        go_on.set()
        slow.result(120)

    assert (len(catcher.mails), Delivery.objects.get().state) == (1, "sent")


def test_a_mail_whose_end_stays_unknown_is_not_repeated_for_ever(catcher: Catcher) -> None:
    """A server that takes the mail and never says so gets it a few times, then the row says what is not known."""
    row = owe()
    catcher.on_dot = lambda _address: BREAK_OFF

    for _sweep in range(delivery.MOST_UNKNOWN + 3):
        periodic.sweep_outbox()
        leases_run_out()

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("uncertain", delivery.MOST_UNKNOWN)


def test_a_row_that_keeps_killing_its_worker_is_given_up() -> None:
    """It would otherwise stand first in every batch."""
    row = owe()
    Delivery.objects.filter(pk=row.pk).update(
        state="claimed", attempts=delivery.MOST_ATTEMPTS + 1, lease_until=timezone.now() - timedelta(seconds=1)
    )

    delivery.settle_abandoned(now=timezone.now())

    row.refresh_from_db()
    assert row.state == "bounced"
