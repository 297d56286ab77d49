"""What a holder of webhooks may still be told, where the feed does not reach, tests and repetitions."""

import json
from datetime import timedelta

import pytest
from django.db.models import F

from offerboard.models import Lead
from partners import epochs, numbering
from partners.delivery import send_due
from partners.models import Feed, Partner, Webhook, WebhookDelivery
from partners.scopes import Scope
from partners.services import webhook_calls
from partners.services import webhooks as services
from privacy.models import Receiver as RegisteredReceiver
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.partners.calling import member_caller
from tests.partners.hooking import Clock, hook, later, position, refuse, told, work
from tests.partners.receiving import Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


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
    services.change_webhook(webhook=made.webhook, url=None, kinds=["lead", "company", "category"], now=NOW)
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


def test_a_stretch_that_is_forgotten_while_it_waits_is_not_passed_over(machine: Receiver, clock: Clock) -> None:
    """Something in it has gone, and nobody could tell any more that it had: everything is exported again."""
    made = hook(machine)
    machine.answers = refuse
    LeadFactory()
    work()
    Feed.objects.update(forgotten=F("last"))
    machine.answers = lambda handler: handler.answer(200)
    later(clock, minutes=1)
    work()
    following = LeadFactory()
    work()

    assert [json.loads(got.body)["type"] for got in machine.got[1:]] == ["export_again", "changes"]
    assert told(machine.got[-1]) == [("upsert", following.slug)]
    assert position(made.webhook) == Feed.objects.get().last


def test_repeating_a_message_from_before_a_restore_sends_nobody_back(machine: Receiver, clock: Clock) -> None:
    """Its positions are of another order; that one has to export again was told already."""
    made = hook(machine)
    LeadFactory()
    work()
    old = WebhookDelivery.objects.get()
    epochs.begin_epoch()
    later(clock, seconds=5)
    work()
    LeadFactory()
    work()
    before = position(made.webhook)
    webhook_calls.replay_delivery(delivery=old, now=NOW)
    work()

    assert WebhookDelivery.objects.get(pk=old.pk).state == "failed"
    assert (position(made.webhook), [json.loads(got.body)["type"] for got in machine.got]) == (
        before,
        ["changes", "export_again", "changes"],
    )


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
