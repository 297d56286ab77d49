"""Workers that call webhooks are killed at each point of their way: the message comes again, and in its order.

That a kill between the answer and its note brings the message again stands in tests/partners/test_webhook_crashes.py.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from partners import delivery, periodic
from partners.delivery import posting
from partners.models import Feed, Webhook, WebhookDelivery
from partners.numbering import number_changes
from partners.services import webhooks as services
from tests.factories import LeadFactory
from tests.partners.calling import partner_caller
from tests.partners.receiving import Handler, Receiver, receiver
from tests.processes import environment_of_test
from tests.waiting import eventually, waits_for_us, whoever_comes_is_gone_after

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = "import django; django.setup(); from partners import delivery; delivery.send_due()"


@pytest.fixture(autouse=True)
def loopback(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that has its turn late has not failed."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(posting, "DEADLINE", 120.0)


@pytest.fixture
def machine() -> Iterator[Receiver]:
    """A receiver with a webhook that is told of leads."""
    with receiver() as server:
        now = timezone.now()
        services.create_webhook(key=partner_caller().key, url=server.url, kinds=["lead"], now=now)
        yield server


def public_lead() -> str:
    now = timezone.now()
    slug = LeadFactory(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=29)).slug
    number_changes(now=now)
    return slug


@contextmanager
def worker(**environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own that calls what is due, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env=environment_of_test(WEBHOOK_NETWORKS="127.0.0.0/8", **environment),
        cwd=django_settings.BASE_DIR,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_before_it_reads(table: str) -> None:
    """Killed where it first asks for rows of this table."""
    with whoever_comes_is_gone_after(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        with worker():
            assert eventually(waits_for_us)


def rows() -> list[tuple[str, int]]:
    return list(WebhookDelivery.objects.order_by("created_at").values_list("state", "attempts"))


def work_on() -> None:
    """A minute later: leases and quiet times are over."""
    past = timezone.now() - timedelta(seconds=1)
    for _message in range(3):
        WebhookDelivery.objects.exclude(lease_until=None).update(lease_until=past)
        Webhook.objects.update(quiet_until=past)
        periodic.sweep_webhooks()


def told(machine: Receiver) -> list[list[str]]:
    return [[one["id"] for one in json.loads(got.body)["data"]["changes"]] for got in machine.got]


def test_killed_while_it_cuts_a_message_off_the_feed_nothing_has_happened(machine: Receiver) -> None:
    """The webhook stands where it was, so that the next worker cuts the same."""
    position = Webhook.objects.get().position
    first = public_lead()
    kill_before_it_reads("partners_change")
    stands, by_then = Webhook.objects.get().position, rows()
    work_on()

    assert (stands, by_then) == (position, [])
    assert told(machine) == [[first]]
    assert Webhook.objects.get().position == Feed.objects.get().last


def test_killed_before_it_connects_the_message_goes_with_the_next_worker(machine: Receiver) -> None:
    """It was claimed; what follows waits for it."""
    first = public_lead()
    kill_before_it_reads("offerboard_lead")
    by_then, calls, (message,) = rows(), machine.calls, WebhookDelivery.objects.all()
    second = public_lead()
    delivery.send_due()
    while_leased = len(machine.got)
    work_on()

    assert (by_then, calls, while_leased) == ([("claimed", 1)], 0, 0)
    assert told(machine) == [[first], [second]]
    assert machine.ids[0] == str(message.pk)
    assert rows() == [("delivered", 2), ("delivered", 1)]


def test_killed_when_the_receiver_has_it_and_has_not_answered_it_comes_again_under_its_id(machine: Receiver) -> None:
    arrived, over = threading.Event(), threading.Event()

    def keep_waiting(_handler: Handler) -> None:
        arrived.set()
        over.wait(300)

    machine.answers = keep_waiting
    first = public_lead()
    with whoever_comes_is_gone_after(), worker():
        assert arrived.wait(120)
    by_then, second = rows(), public_lead()
    machine.answers = lambda handler: handler.answer(204)
    over.set()
    work_on()

    assert by_then == [("claimed", 1)]
    assert told(machine) == [[first], [first], [second]]
    assert machine.ids[0] == machine.ids[1] != machine.ids[2]
    assert rows() == [("delivered", 2), ("delivered", 1)]


def test_killed_again_and_again_at_one_message_it_keeps_its_id_and_its_place(machine: Receiver) -> None:
    """Three workers die at it before the fourth brings it."""
    first = public_lead()
    arrived = threading.Semaphore(0)

    def say_nothing(handler: Handler) -> None:
        arrived.release()
        handler.rfile.read()  # until who called is gone

    machine.answers = say_nothing
    for _life in range(3):
        with whoever_comes_is_gone_after(), worker():
            assert arrived.acquire(timeout=120)
        WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        public_lead()
    machine.answers = lambda handler: handler.answer(204)
    work_on()

    assert told(machine)[:4] == [[first]] * 4
    assert len(set(machine.ids[:4])) == 1
    assert [len(one) for one in told(machine)[4:]] == [3]
    assert rows() == [("delivered", 4), ("delivered", 1)]


def test_a_worker_without_redis_sends_all_the_same(machine: Receiver) -> None:
    """What it needs is in PostgreSQL."""
    first = public_lead()
    with worker(REDIS_URL="redis://127.0.0.1:1/0") as process:
        assert process.wait(120) == 0

    assert told(machine) == [[first]]
    assert rows() == [("delivered", 1)]
