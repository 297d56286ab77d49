"""Webhooks in admin: staff read them, and pause or take up again those that they may change."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from partners.models import Webhook
from tests.factories import WebhookDeliveryFactory, WebhookFactory
from tests.staff import at_work, changelist, make_staff

pytestmark = pytest.mark.django_db
LIST = changelist("partners_webhook")


def press(client: Any, action: str, *rows: Webhook) -> Any:
    return client.post(LIST, {"action": action, "_selected_action": [str(row.pk) for row in rows]})


def states() -> list[tuple[str, str]]:
    return list(Webhook.objects.order_by("created_at").values_list("state", "pause_reason"))


def test_staff_pause_and_take_up_again_whoever_paused() -> None:
    """And admin’s log says who did."""
    client = at_work(make_staff("administrator"))
    active, failing = WebhookFactory(), WebhookFactory(state="paused", pause_reason="failing")
    press(client, "pause", active, failing)
    paused = states()
    press(client, "resume", active, failing)
    page = client.get(reverse("admin:partners_webhook_history", args=[active.pk]))

    assert (paused, states()) == ([("paused", "staff")] * 2, [("active", "")] * 2)
    assert page.content.count(b"taken up again") == 1


def test_who_may_only_look_changes_nothing() -> None:
    staff, row = make_staff(), WebhookFactory()
    staff.user_permissions.add(Permission.objects.get(codename="view_webhook"))
    client = at_work(staff)
    page = client.get(LIST)
    press(client, "pause", row)

    assert (page.status_code, b"hooks.example.com" in page.content, b'value="pause"' in page.content) == (
        200,
        True,
        False,
    )
    assert states() == [("active", "")]


def test_no_page_shows_a_secret() -> None:
    """Not even sealed."""
    client = at_work(make_staff("administrator"))
    delivery = WebhookDeliveryFactory()
    webhook = delivery.webhook
    pages = [
        client.get(LIST),
        client.get(reverse("admin:partners_webhook_change", args=[webhook.pk])),
        client.get(changelist("partners_webhookdelivery")),
        client.get(reverse("admin:partners_webhookdelivery_change", args=[delivery.pk])),
    ]

    assert [page.status_code for page in pages] == [200] * 4
    assert not any(webhook.secret.encode() in page.content for page in pages)
