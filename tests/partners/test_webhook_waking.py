"""Who is woken when something was numbered, and what finds it where nobody was."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings

from marketplace.celery import app
from partners import periodic
from partners.models import Feed, Mark, Webhook, WebhookDelivery
from partners.numbering import number_changes
from tests.factories import NOW, LeadFactory, WebhookFactory
from tests.processes import environment_of_test

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = """
import django; django.setup()
from django.utils import timezone
from partners.numbering import number_changes
number_changes(now=timezone.now())
"""


def waiting() -> int:
    """Wake-ups that no worker has taken yet."""
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        return int(channel.client.llen("webhooks"))


def follow_from_now() -> Webhook:
    feed = Feed.objects.get()
    return WebhookFactory(epoch=feed.epoch, position=feed.last)


def test_numbering_wakes_a_worker_where_somebody_is_to_be_called() -> None:
    """Once for all that it numbered, and not for nothing."""
    before = waiting()
    LeadFactory()
    number_changes(now=NOW)
    without_webhook = waiting()
    follow_from_now()
    number_changes(now=NOW)
    without_change = waiting()
    for _number in range(3):
        LeadFactory()
    number_changes(now=NOW)

    assert (without_webhook - before, without_change - before, waiting() - before) == (0, 0, 1)


def test_a_dead_broker_loses_nothing() -> None:
    """A process that reaches no Redis numbers all the same; the sweep sends it, here to a name that leads nowhere."""
    follow_from_now()
    LeadFactory()
    environment = environment_of_test(REDIS_URL="redis://127.0.0.1:1/0")
    subprocess.run([sys.executable, "-c", NUMBER], env=environment, cwd=django_settings.BASE_DIR, check=True)
    is_left = Mark.objects.exists()
    periodic.sweep_webhooks()

    assert (is_left, WebhookDelivery.objects.values_list("event", "attempts").get()) == (False, ("changes", 1))


def test_beat_numbers_sends_and_forgets() -> None:
    """Each by the name that it has."""
    scheduled = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}
    tasks = (
        periodic.number_changes,
        periodic.sweep_webhooks,
        periodic.forget_tombstones,
        periodic.forget_deliveries,
    )

    assert {task.name for task in tasks} <= scheduled
