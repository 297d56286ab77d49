"""A webhook is deleted while something else happens to it: whoever comes second is answered, and nobody breaks."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from partners.delivery.claiming import claim
from partners.delivery.posting import Outcome
from partners.delivery.settling import give_up, note_outcome
from partners.models import Webhook, WebhookDelivery
from partners.scopes import Scope
from partners.services import webhooks as services
from partners.services.webhook_calls import ping_webhook
from tests.factories import NOW, WebhookDeliveryFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.hooking import hook
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def caller() -> Caller:
    return partner_caller()


@pytest.fixture
def webhook(caller: Caller) -> Webhook:
    return hook("https://hooks.example.com/", key=caller.key).webhook


def aside(do: Callable[[], Any]) -> "Future[Any]":
    """In a thread with a connection of its own; it goes on until it ends or waits for this one."""

    def run() -> Any:
        try:
            return do()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    wait_for(future)
    pool.shutdown(wait=False)
    return future


def one_under_way(webhook: Webhook) -> WebhookDelivery:
    """A message of the feed that this worker has claimed."""
    WebhookDeliveryFactory(webhook=webhook, epoch=webhook.epoch, state="pending", ended_at=None)
    claimed = claim(now=NOW)
    assert claimed is not None
    return claimed


def left() -> int:
    return Webhook.objects.count() + WebhookDelivery.objects.count()


def test_a_message_that_is_being_written_down_goes_along(caller: Caller, webhook: Webhook) -> None:
    """It has not committed yet when the deletion begins."""
    with transaction.atomic():
        ping_webhook(webhook=webhook, now=NOW)
        deletion = aside(lambda: caller.send("DELETE", f"webhooks/{webhook.pk}/"))

    assert (deletion.result(30).status_code, left()) == (204, 0)


@pytest.mark.parametrize(
    "note",
    [
        lambda claimed: note_outcome(claimed, Outcome(410, "gone", 5), now=NOW),
        lambda claimed: give_up(claimed, "the feed knows this stretch no more", now=NOW),
    ],
)
def test_a_worker_and_a_deletion_never_wait_for_each_other(webhook: Webhook, note: Callable[[Any], None]) -> None:
    """Both take the webhook first."""
    claimed = one_under_way(webhook)
    with transaction.atomic():
        Webhook.objects.select_for_update().get(pk=webhook.pk)
        noting = aside(lambda: note(claimed))
        services.delete_webhook(webhook=webhook)
    noting.result(30)

    assert left() == 0


@pytest.mark.parametrize("what", ["secret", "ping"])
def test_what_is_asked_of_one_that_is_just_being_deleted_is_not_found(
    caller: Caller, webhook: Webhook, what: str
) -> None:
    path = f"webhooks/{webhook.pk}/{what}/"
    with transaction.atomic():
        services.delete_webhook(webhook=webhook)
        asking = aside(lambda: caller.send("POST", path))

    assert (asking.result(30).status_code, left()) == (404, 0)


@pytest.mark.parametrize("what", ["secret", "ping"])
def test_nor_is_anything_done_to_one_that_was_given_more_than_the_key_may_read(webhook: Webhook, what: str) -> None:
    """A colleague's key has added companies, and has not committed yet when this one is looked at."""
    other = partner_caller(Scope.WEBHOOKS_WRITE, Scope.LEADS_READ, partner=webhook.partner)
    secret = Webhook.objects.values_list("secret", flat=True).get()
    with transaction.atomic():
        services.change_webhook(webhook=webhook, url=None, kinds=["lead", "company"], now=NOW)
        asking = aside(lambda: other.send("POST", f"webhooks/{webhook.pk}/{what}/"))

    assert (asking.result(30).status_code, left()) == (403, 1)
    assert Webhook.objects.values_list("secret", flat=True).get() == secret
