"""What webhooks are told, in which order, and what becomes of a message that does not arrive."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from mailings.models import Delivery
from offerboard.models import Lead
from partners.delivery import settling, stretches
from partners.models import Feed, Partner, Webhook, WebhookDelivery
from partners.services import webhooks as services
from privacy.models import Receiver as RegisteredReceiver
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.partners.calling import member_caller, partner_caller
from tests.partners.hooking import Clock, hook, later, position, refuse, told, work
from tests.partners.receiving import Handler, Receiver, receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def test_a_message_tells_what_the_feed_tells(machine: Receiver) -> None:
    """The same objects, and a cursor from which the feed goes on."""
    caller = partner_caller()
    made, lead = hook(machine, key=caller.key), LeadFactory(title='Robusta "S18"\n\\ washed')
    work()
    message = json.loads(machine.got[0].body)
    page = caller.get("changes/", after=message["data"]["next"], kind="lead").json()

    assert (message["type"], datetime.fromisoformat(message["timestamp"])) == ("changes", NOW)
    assert [(one["action"], one["object"]["title"]) for one in message["data"]["changes"]] == [("upsert", lead.title)]
    assert (message["data"]["has_more"], page["changes"]) == (False, [])
    assert WebhookDelivery.objects.values_list("state", "last_status", "attempts").get() == ("delivered", 204, 1)
    assert position(made.webhook) == Feed.objects.get().last


def test_who_knows_the_secret_can_tell_that_it_is_ours(machine: Receiver) -> None:
    """By the library of the standard; for a changed body, a changed id or another secret it cannot."""
    made = hook(machine)
    LeadFactory()
    work()
    got = machine.got[0]

    assert made.secret.startswith("whsec_")
    assert Verifier(made.secret).verify(got.body, got.headers)["type"] == "changes"
    for body, headers, secret in (
        (got.body + b" ", got.headers, made.secret),
        (got.body, {**got.headers, "webhook-id": "x"}, made.secret),
        (got.body, got.headers, hook(machine).secret),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(body, headers)


def test_while_a_secret_is_changed_both_sign_and_afterwards_the_new_one_alone(machine: Receiver, clock: Clock) -> None:
    made = hook(machine)
    new = services.rotate_secret(webhook=made.webhook, now=NOW)
    LeadFactory()
    work()
    later(clock, hours=24)
    LeadFactory()
    work()
    during, afterwards = machine.got

    with time_machine.travel(NOW, tick=False):
        for secret in (made.secret, new.secret):
            assert Verifier(secret).verify(during.body, during.headers)
    assert Verifier(new.secret).verify(afterwards.body, afterwards.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(made.secret).verify(afterwards.body, afterwards.headers)


def test_many_changes_become_few_messages(machine: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded, in the order of the feed, each thing once; after the last of them changes gather again."""
    monkeypatch.setattr(stretches, "MOST", 2)
    hook(machine)
    leads = [LeadFactory().slug for _ in range(5)]
    work()
    LeadFactory()
    work()
    so_far = len(machine.got)
    later(clock, seconds=5)
    work()

    assert [[slug for _action, slug in told(got)] for got in machine.got[:3]] == [leads[:2], leads[2:4], leads[4:]]
    assert [json.loads(got.body)["data"]["has_more"] for got in machine.got[:3]] == [True, True, False]
    assert (so_far, len(machine.got)) == (3, 4)


def test_a_machine_that_is_down_has_one_message_that_waits_and_misses_nothing(machine: Receiver, clock: Clock) -> None:
    """However much changes meanwhile; it comes back under the same id, later each time."""
    hook(machine)
    machine.answers = refuse
    leads = [LeadFactory().slug]
    for _attempt in range(4):
        work()
        leads.append(LeadFactory().slug)
        later(clock, minutes=10)
    rows = list(WebhookDelivery.objects.values_list("state", "attempts", "last_status", "last_error"))
    machine.answers = lambda handler: handler.answer(200)
    work()
    work()

    assert rows == [("pending", 4, 503, "Down for maintenance")]
    assert len(set(machine.ids[:5])) == 1
    assert [slug for got in machine.got[4:] for _action, slug in told(got)] == leads


def test_an_attempt_that_comes_late_says_nothing_that_is_not_so_any_more(machine: Receiver, clock: Clock) -> None:
    """What was removed meanwhile is not in it; it follows as removed."""
    hook(machine)
    machine.answers = refuse
    kept, gone = LeadFactory(), LeadFactory(title="To be withdrawn")
    work()
    Lead.objects.filter(pk=gone.pk).update(state=Lead.State.PAUSED)
    later(clock, minutes=1)
    machine.answers = lambda handler: handler.answer(200)
    work()
    work()

    assert [told(got) for got in machine.got[1:]] == [[("upsert", kept.slug)], [("remove", gone.slug)]]
    assert not any(b"To be withdrawn" in got.body for got in machine.got[1:])


def test_waits_grow_from_seconds_to_hours_and_never_are_all_alike() -> None:
    waits = [settling.wait_after(attempts).total_seconds() for attempts in range(1, 40)]

    assert 8 <= waits[0] <= 12
    assert 80 * 0.8 <= waits[3] <= 80 * 1.2
    assert max(waits) <= 6 * 3600 * 1.2
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [
        (503, "3600", 3600),
        (429, "120", 120),
        (503, "999999999", 6 * 3600),  # never longer than our longest
        (503, "1", 10),  # nor less than ours
        (503, "-5", 10),
        (503, "soon", 10),
        (500, "3600", 10),  # it is not too busy
    ],
)
def test_a_receiver_that_is_too_busy_says_for_how_long(
    machine: Receiver, monkeypatch: pytest.MonkeyPatch, status: int, asked: str, waits: int
) -> None:
    monkeypatch.setattr(settling, "JITTER", 0)
    hook(machine)
    machine.answers = lambda handler: handler.answer(status, b"", **{"Retry-After": asked})
    LeadFactory()
    work()

    assert (WebhookDelivery.objects.get().not_before - NOW).total_seconds() == waits


def test_members_do_not_read_what_a_machine_inside_the_operators_networks_says(machine: Receiver) -> None:
    """It may be any service there; a partner reads it, whose machine it is."""
    caller, partner = member_caller(), partner_caller()
    webhooks = [hook(machine, key=one.key).webhook for one in (caller, partner)]
    machine.answers = lambda handler: handler.answer(400, b"-ERR the password is wombat")
    LeadFactory()
    work()
    pages = [
        one.get(f"webhooks/{webhook.pk}/deliveries/{webhook.deliveries.get().pk}/").json()
        for one, webhook in zip((caller, partner), webhooks, strict=True)
    ]

    assert [(one["last_status"], one["last_error"]) for one in pages] == [
        (400, "no success"),
        (400, "-ERR the password is wombat"),
    ]


def fail_for_three_days(clock: Clock) -> int:
    """Attempts until it is paused."""
    for attempts in range(1, 100):
        work()
        if Webhook.objects.get().state == "paused":
            return attempts
        due = WebhookDelivery.objects.get().not_before
        clock.move_to(due)
    raise AssertionError


def test_after_three_days_it_is_paused_and_its_owner_told_once(machine: Receiver, clock: Clock) -> None:
    """Its message waits, and goes out when it is taken up again, before what followed."""
    made, lead = hook(machine), LeadFactory()
    machine.answers = refuse
    attempts = fail_for_three_days(clock)
    paused_after = Webhook.objects.get().state_since - NOW
    work()
    mails = list(Delivery.objects.filter(template="webhook_paused").values_list("to", flat=True))
    following = LeadFactory(posted_at=NOW, expires_at=NOW + timedelta(days=29))
    machine.answers = lambda handler: handler.answer(200)
    services.resume_webhook(webhook=made.webhook, key=made.webhook.key, now=NOW + paused_after)
    work()
    work()

    assert (attempts > 15, timedelta(days=2) < paused_after <= timedelta(days=3)) == (True, True)
    assert len(machine.got) == attempts + 2
    assert mails == [made.webhook.partner.contact_email]  # type: ignore[union-attr]
    assert [told(got)[0][1] for got in machine.got[-2:]] == [lead.slug, following.slug]
    assert machine.ids[-2] == machine.ids[0]


@pytest.mark.parametrize("tries", [0, 1])
def test_days_on_which_we_were_silent_are_not_the_receivers(machine: Receiver, clock: Clock, tries: int) -> None:
    """The contract was out before the first attempt, or after it; then it fails once more."""
    hook(machine)
    machine.answers = refuse
    LeadFactory()
    work()
    if not tries:
        WebhookDelivery.objects.update(attempts=0, not_before=NOW)
    RegisteredReceiver.objects.update(until=(NOW - timedelta(days=1)).date())
    later(clock, days=4)
    work()
    meanwhile = len(machine.got)
    RegisteredReceiver.objects.update(until=None)
    work()

    assert (meanwhile, len(machine.got)) == (1, 2)
    assert (Webhook.objects.get().state, Delivery.objects.count()) == ("active", 0)


def test_a_partner_without_an_address_is_paused_all_the_same(machine: Receiver) -> None:
    """Nobody can be told, and no mail is owed to nobody."""
    hook(machine)
    Partner.objects.update(contact_email="")
    machine.answers = lambda handler: handler.answer(410)
    LeadFactory()
    work()

    assert Webhook.objects.values_list("state", "pause_reason").get() == ("paused", "gone")
    assert not Delivery.objects.exists()


def test_a_member_is_told_too(machine: Receiver) -> None:
    member = MemberFactory()
    hook(machine, key=member_caller(member=member).key)
    machine.answers = lambda handler: handler.answer(410)
    LeadFactory()
    work()

    assert Delivery.objects.values_list("to", "template").get() == (member.email, "webhook_paused")


def test_410_pauses_at_once(machine: Receiver, clock: Clock) -> None:
    """Nothing is sent there again by itself."""
    hook(machine)
    machine.answers = lambda handler: handler.answer(410)
    LeadFactory()
    work()
    later(clock, days=1)
    work()

    assert Webhook.objects.values_list("state", "pause_reason").get() == ("paused", "gone")
    assert len(machine.got) == 1


def test_a_slow_machine_keeps_nobody_else_waiting(machine: Receiver) -> None:
    """Each is called over a connection of its own."""
    with receiver() as quick:
        machine.answers = lambda handler: wait_for_quick(handler, quick)
        hook(machine)
        hook(quick)
        LeadFactory()
        work()

    assert [row.last_status for row in WebhookDelivery.objects.all()] == [204, 204]


def wait_for_quick(handler: Handler, quick: Receiver) -> None:
    """Answers once the other one has been called."""
    while not quick.got:
        time.sleep(0.01)
    handler.answer(204)


def test_what_cannot_be_signed_waits_and_holds_up_nobody_else(machine: Receiver, clock: Clock) -> None:
    """Such as a secret whose key is gone."""
    broken, sound = hook(machine).webhook, hook(machine)
    Webhook.objects.filter(pk=broken.pk).update(secret="gone:AAAA")
    lead = LeadFactory()
    work()

    assert [told(got) for got in machine.got] == [[("upsert", lead.slug)]]
    assert Verifier(sound.secret).verify(machine.got[0].body, machine.got[0].headers)
    assert WebhookDelivery.objects.values_list("state", "last_error").get(webhook=broken) == (
        "pending",
        "the market cannot read the secret",
    )


def test_an_address_that_the_operator_allows_no_more_is_paused_like_any_other(
    machine: Receiver, clock: Clock, settings: Any
) -> None:
    """It was made while its network was trusted."""
    hook(machine)
    LeadFactory()
    settings.WEBHOOK_NETWORKS = []
    fail_for_three_days(clock)

    assert (machine.calls, Webhook.objects.get().pause_reason) == (0, "failing")
    assert Delivery.objects.filter(template="webhook_paused").count() == 1
