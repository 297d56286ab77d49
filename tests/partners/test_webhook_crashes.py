"""Workers that die and workers that compete: nothing is lost, and what comes twice bears the same id."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from partners import delivery
from partners.models import Feed, Webhook, WebhookDelivery
from partners.numbering import number_changes
from partners.services import webhooks as services
from tests.factories import LeadFactory
from tests.partners.calling import partner_caller
from tests.partners.receiving import Handler, Receiver
from tests.processes import environment_of_test
from tests.waiting import eventually, waits_for_us, whoever_comes_is_gone_after

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = "import django; django.setup(); from partners import delivery; delivery.send_due()"


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]


def hook(machine: Receiver) -> Webhook:
    key, now = partner_caller().key, timezone.now()
    return services.create_webhook(key=key, url=machine.url, kinds=["lead"], now=now).webhook


def public_lead() -> str:
    now = timezone.now()
    slug = LeadFactory(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=29)).slug
    number_changes(now=now)
    return slug


def worker() -> "subprocess.Popen[bytes]":
    """A process of its own that calls what is due in this test's database."""
    environment = environment_of_test(WEBHOOK_NETWORKS="127.0.0.0/8")
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=django_settings.BASE_DIR)


def leases_run_out() -> None:
    """As if a minute had passed."""
    WebhookDelivery.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def ids_told(machine: Receiver) -> list[list[str]]:
    return [[one["id"] for one in json.loads(got.body)["data"]["changes"]] for got in machine.got]


def test_a_kill_between_sending_and_noting_brings_the_message_again_under_its_id(machine: Receiver) -> None:
    """Killed when the receiver has answered and the row does not say so yet: it waits for a lock of this test."""
    hook(machine)
    lead = public_lead()
    arrived, locked = threading.Event(), threading.Event()

    def answer_late(handler: Handler) -> None:
        arrived.set()
        assert locked.wait(120)
        handler.answer(204)

    machine.answers = answer_late
    with whoever_comes_is_gone_after():
        killed = worker()
        try:
            assert arrived.wait(120)
            with transaction.atomic():
                WebhookDelivery.objects.select_for_update().get()
                locked.set()
                was_noting = eventually(waits_for_us)
                killed.kill()
                killed.wait()
        finally:
            killed.kill()
    in_between = WebhookDelivery.objects.get().state
    machine.answers = lambda handler: handler.answer(204)
    following = public_lead()
    delivery.send_due()
    while_leased = len(machine.got)
    leases_run_out()
    delivery.send_due()
    Webhook.objects.update(quiet_until=timezone.now())
    delivery.send_due()

    assert (was_noting, in_between, while_leased) == (True, "claimed", 1)
    assert machine.ids[0] == machine.ids[1]
    assert ids_told(machine) == [[lead], [lead], [following]]
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_workers_at_once_send_each_message_once_and_in_order(
    machine: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one webhook never two at the same time."""
    monkeypatch.setattr(delivery.stretches, "MOST", 2)
    hook(machine)
    leads = [public_lead() for _ in range(9)]
    under_way, most = [0], [0]

    def watch(handler: Handler) -> None:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        time.sleep(0.02)
        under_way[0] -= 1
        handler.answer(204)

    machine.answers = watch
    start = threading.Barrier(4)

    def work(run: Callable[[], None]) -> None:
        start.wait()
        try:
            run()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [delivery.send_due] * 4))
    delivery.send_due()

    assert [one for told in ids_told(machine) for one in told] == leads
    assert (most[0], len(set(machine.ids))) == (1, len(machine.ids))
    assert Webhook.objects.get().position == Feed.objects.get().last


def test_a_worker_that_wakes_up_late_changes_nothing_of_what_another_is_doing(
    machine: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease ran out while the receiver was thinking; another one is sending when the answer comes."""
    monkeypatch.setattr("partners.delivery.sending.WIDTH", 1)  # the late one does not take it up again itself
    hook(machine)
    public_lead()
    late, go_on, noted = threading.Event(), threading.Event(), threading.Event()
    in_between: list[Any] = []

    def answer(handler: Handler) -> None:
        if len(machine.got) == 1:
            late.set()
            assert go_on.wait(120)
            handler.answer(500)
        else:
            go_on.set()
            assert noted.wait(120)
            handler.answer(204)

    def slow_worker() -> None:
        try:
            delivery.send_due()
            in_between.extend(WebhookDelivery.objects.values_list("state", "attempts", "last_status"))
        finally:
            noted.set()
            connection.close()

    machine.answers = answer
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_worker)
        assert late.wait(120)
        leases_run_out()
        delivery.send_due()
        slow.result(120)

    assert in_between == [("claimed", 2, None)]
    assert WebhookDelivery.objects.values_list("state", "last_status").get() == ("delivered", 204)
    assert machine.ids[0] == machine.ids[1]


def test_the_database_lets_no_two_messages_of_a_webhook_be_under_way(machine: Receiver) -> None:
    webhook, now = hook(machine), timezone.now()
    common = {
        "webhook": webhook,
        "event": "ping",
        "epoch": webhook.epoch,
        "after": 0,
        "up_to": 0,
        "state": "claimed",
        "lease_until": now,
        "tried_from": now,
        "not_before": now,
        "created_at": now,
    }
    WebhookDelivery.objects.create(**common)

    with pytest.raises(IntegrityError):
        WebhookDelivery.objects.create(**common)

    assert WebhookDelivery.objects.count() == 1
