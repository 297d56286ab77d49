"""What webhooks are told, in which order, and what becomes of a message that does not arrive."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from mailings.models import Delivery
from offerboard.models import Lead
from partners import epochs, numbering
from partners.delivery import send_due, settling, stretches
from partners.models import Feed, Partner, Webhook, WebhookDelivery
from partners.scopes import Scope
from partners.services import webhook_calls
from partners.services import webhooks as services
from privacy.models import Receiver as RegisteredReceiver
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.partners.calling import member_caller, partner_caller
from tests.partners.hooking import hook, position, work
from tests.partners.receiving import Got, Handler, Receiver, receiver

pytestmark = pytest.mark.django_db(transaction=True)
Clock = Any  # time_machine's traveller has no public name


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Clock]:
    """The factories' leads are public at NOW; the loopback stands for the internet."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def later(clock: Clock, **time: float) -> None:
    clock.shift(timedelta(**time))


def told(got: Got) -> list[tuple[str, str]]:
    """Action and id of each change in a message."""
    return [(one["action"], one["id"]) for one in json.loads(got.body)["data"]["changes"]]


def refuse(handler: Handler) -> None:
    handler.answer(503, b"Down for maintenance")


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
    services.resume_webhook(webhook=made.webhook, now=NOW + paused_after)
    work()
    work()

    assert (attempts > 15, timedelta(days=2) < paused_after <= timedelta(days=3)) == (True, True)
    assert len(machine.got) == attempts + 2
    assert mails == [made.webhook.partner.contact_email]  # type: ignore[union-attr]
    assert [told(got)[0][1] for got in machine.got[-2:]] == [lead.slug, following.slug]
    assert machine.ids[-2] == machine.ids[0]


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
        pass
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


# --- what a holder may read


def test_what_the_contract_does_not_allow_any_more_is_not_sent_any_more(machine: Receiver, clock: Clock) -> None:
    """Also of a message that waits already."""
    made = hook(machine, kinds=("lead", "company"))
    machine.answers = refuse
    lead = LeadFactory()
    work()
    Partner.objects.update(scopes=[Scope.WEBHOOKS_WRITE, Scope.COMPANIES_READ])
    machine.answers = lambda handler: handler.answer(200)
    later(clock, minutes=1)
    work()

    assert sorted(told(machine.got[0])) == sorted([("upsert", lead.slug), ("upsert", lead.company.slug)])
    assert told(machine.got[1]) == [("upsert", lead.company.slug)]
    assert made.webhook.kinds == ["company", "lead"]


@pytest.mark.parametrize("end", ["contract", "scope"])
def test_a_contract_that_is_over_stops_everything_and_one_that_begins_anew_goes_on(
    machine: Receiver, clock: Clock, end: str
) -> None:
    """What waits does not go, and nothing new is written down."""
    hook(machine)
    machine.answers = refuse
    lead = LeadFactory()
    work()
    machine.answers = lambda handler: handler.answer(200)
    if end == "contract":
        RegisteredReceiver.objects.update(until=(NOW - timedelta(days=1)).date())
    else:
        Partner.objects.update(scopes=[Scope.LEADS_READ])
    following = LeadFactory()
    later(clock, minutes=1)
    work()
    while_over = (len(machine.got), WebhookDelivery.objects.count())
    RegisteredReceiver.objects.update(until=None)
    Partner.objects.update(scopes=[Scope.LEADS_READ, Scope.WEBHOOKS_WRITE])
    work()

    assert while_over == (1, 1)
    assert [told(got) for got in machine.got[1:]] == [[("upsert", lead.slug)], [("upsert", following.slug)]]


def test_a_message_that_waits_keeps_to_the_kinds_it_was_made_of(machine: Receiver, clock: Clock) -> None:
    """Or it would have no bound: what is asked for from now on begins now."""
    made = hook(machine, kinds=("lead",))
    machine.answers = refuse
    lead = LeadFactory()
    work()
    services.change_webhook(webhook=made.webhook, url=None, kinds=["lead", "company", "category"])
    machine.answers = lambda handler: handler.answer(200)
    later(clock, minutes=1)
    work()

    assert [told(got) for got in machine.got] == [[("upsert", lead.slug)]] * 2


@pytest.mark.parametrize("state", ["suspended", "closing"])
def test_a_member_who_is_suspended_or_leaves_is_not_called(machine: Receiver, state: str) -> None:
    member = MemberFactory()
    hook(machine, key=member_caller(member=member).key)
    LeadFactory()
    type(member).objects.filter(pk=member.pk).update(state=state)
    work()

    assert (machine.got, WebhookDelivery.objects.count()) == ([], 0)


# --- where the feed does not reach


def test_after_a_restore_it_is_told_to_export_everything_again(machine: Receiver) -> None:
    """And then of what changes from there on."""
    made = hook(machine)
    LeadFactory()
    numbering.number_changes(now=NOW)
    epochs.begin_epoch()
    work()
    following = LeadFactory()
    work()
    again, changes = (json.loads(got.body) for got in machine.got)

    assert (again["type"], list(again["data"])) == ("export_again", ["next"])
    assert [one["id"] for one in changes["data"]["changes"]] == [following.slug]
    assert Webhook.objects.get(pk=made.webhook.pk).epoch == Feed.objects.get().epoch


def test_a_message_that_waited_over_a_restore_is_given_up(machine: Receiver, clock: Clock) -> None:
    """Whoever gets it would go on from a place that is not known any more."""
    hook(machine)
    machine.answers = refuse
    LeadFactory()
    work()
    epochs.begin_epoch()
    machine.answers = lambda handler: handler.answer(200)
    later(clock, minutes=1)
    work()

    assert [json.loads(got.body)["type"] for got in machine.got[1:]] == ["export_again"]
    assert sorted(WebhookDelivery.objects.values_list("event", "state")) == [
        ("changes", "failed"),
        ("export_again", "delivered"),
    ]


# --- tests and repetitions


def test_a_ping_goes_once_also_while_it_is_paused(machine: Receiver) -> None:
    made = hook(machine)
    services.pause_webhook(webhook=made.webhook, by=Webhook.PauseReason.HOLDER, now=NOW)
    LeadFactory()
    machine.answers = refuse
    webhook_calls.ping_webhook(webhook=made.webhook, now=NOW)
    work()

    assert [json.loads(got.body)["type"] for got in machine.got] == ["ping"]
    assert WebhookDelivery.objects.values_list("event", "state", "attempts").get() == ("ping", "failed", 1)


def test_a_replay_brings_the_same_message_again_as_things_are_now(machine: Receiver, clock: Clock) -> None:
    made = hook(machine)
    lead, other = LeadFactory(), LeadFactory()
    work()
    later(clock, seconds=5)
    Lead.objects.filter(pk=other.pk).update(state=Lead.State.PAUSED)
    work()
    first = WebhookDelivery.objects.order_by("created_at")[0]
    webhook_calls.replay_delivery(delivery=first, now=NOW + timedelta(seconds=5))
    send_due()

    assert [told(got) for got in machine.got] == [
        [("upsert", lead.slug), ("upsert", other.slug)],
        [("remove", other.slug)],
        [("upsert", lead.slug)],
    ]
    assert machine.ids[2] == machine.ids[0] != machine.ids[1]
    assert position(made.webhook) == Feed.objects.get().last


def test_what_is_on_its_way_cannot_be_replayed(machine: Receiver) -> None:
    hook(machine)
    machine.answers = refuse
    LeadFactory()
    work()
    row = WebhookDelivery.objects.get()

    with pytest.raises(webhook_calls.OnItsWay):
        webhook_calls.replay_delivery(delivery=row, now=NOW)

    assert WebhookDelivery.objects.values_list("attempts", "tried_from").get() == (row.attempts, row.tried_from)


def test_what_ended_a_month_ago_is_forgotten_and_what_waits_is_not(machine: Receiver, clock: Clock) -> None:
    made = hook(machine)
    LeadFactory()
    work()
    later(clock, seconds=5)
    machine.answers = refuse
    LeadFactory()
    work()
    services.pause_webhook(webhook=made.webhook, by=Webhook.PauseReason.HOLDER, now=NOW)

    kept = webhook_calls.forget_deliveries(now=NOW + timedelta(days=30))
    forgotten = webhook_calls.forget_deliveries(now=NOW + timedelta(days=30, seconds=6))

    assert (kept, forgotten) == (0, 1)
    assert WebhookDelivery.objects.values_list("state", flat=True).get() == "pending"
