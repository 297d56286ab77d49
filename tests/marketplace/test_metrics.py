"""What a Prometheus server reads: numbers, for who knows the token, and nothing about anybody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from mailings.models import Delivery, Outage
from mailings.services import queue_message

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer a-token-of-this-test"}


def owe(**changes: Any) -> None:
    words: dict[str, Any] = {"template": "test", "language": "en", "subject": "Secret words", "text": "y", "html": ""}
    row = queue_message(to="amara@example.com", now=timezone.now(), **words)
    Delivery.objects.filter(pk=row.pk).update(**changes)


def read(client: Client) -> dict[tuple[str, str], float]:
    """Mails by kind and state."""
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    families = {one.name: one for one in text_string_to_metric_families(answer.content.decode())}
    return {(one.labels["kind"], one.labels["state"]): one.value for one in families["market_mails"].samples}


def test_mails_are_counted_by_what_they_wait_for(client: Client, settings: Any) -> None:
    """What ended more than an hour ago is history."""
    settings.METRICS_TOKEN, now = "a-token-of-this-test", timezone.now()
    owe()
    owe(error="451 later")
    owe(state="sent", ended_at=now)
    owe(state="sent", ended_at=now - timedelta(hours=2))
    owe(state="uncertain", ended_at=now)

    assert read(client) == {
        ("transactional", "pending"): 1,
        ("transactional", "deferred"): 1,
        ("transactional", "sent"): 1,
        ("transactional", "uncertain"): 1,
    }


def test_the_silence_of_our_mail_server_is_measured(client: Client, settings: Any) -> None:
    """0 while it answers."""
    settings.METRICS_TOKEN, now = "a-token-of-this-test", timezone.now()
    before = client.get("/metrics", headers=TOKEN).content.decode()
    Outage.objects.create(since=now - timedelta(hours=1), ask_again_at=now, said="421 closing")

    after = client.get("/metrics", headers=TOKEN).content.decode()

    assert "market_mail_server_silent_seconds 0.0" in before
    assert "market_mail_server_silent_seconds 36" in after


def test_nobody_stands_in_them(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token-of-this-test"
    owe()

    page = client.get("/metrics", headers=TOKEN).content.decode()

    assert not any(word in page for word in ("amara", "example.com", "Secret"))


@pytest.mark.parametrize("token", ["", "another", "a-token-of-this-tes"])
def test_without_the_token_there_is_no_such_page(client: Client, settings: Any, token: str) -> None:
    """Nor is there one in an installation that has none."""
    without = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code
    settings.METRICS_TOKEN = "a-token-of-this-test"

    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == without == 404
