"""A scope is away for a while: what happened to its things meanwhile is not passed over, by readers or webhooks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from partners.epochs import begin_epoch
from partners.models import Partner, Webhook, WebhookDelivery
from partners.scopes import OF_PARTNERS, Scope
from partners.selectors.changes import place_now
from tests.factories import LeadFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.hooking import Clock, hook, later, refuse, told, work
from tests.partners.receiving import Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@contextmanager
def without(scope: Scope) -> Iterator[None]:
    """The contract does not allow it for a while."""
    Partner.objects.update(scopes=sorted(OF_PARTNERS - {scope}))
    yield
    Partner.objects.update(scopes=sorted(OF_PARTNERS))


def statuses(caller: Caller, *cursors: str, **more: Any) -> list[int]:
    """What the feed answers from each of these places on."""
    return [caller.get("changes/", after=cursor, **more).status_code for cursor in cursors]


def kinds_in(changes: list[dict[str, str]]) -> set[str]:
    return {one["kind"] for one in changes}


def begin_of_export(caller: Caller) -> str:
    """The cursor on the first line."""
    lines = b"".join(caller.get("export/leads.ndjson").streaming_content).splitlines()
    return str(json.loads(lines[0])["changes"])


def types(machine: Receiver) -> list[str]:
    return [json.loads(got.body)["type"] for got in machine.got]


# --- readers of the feed


def test_a_reader_who_missed_something_is_told_to_export_again() -> None:
    """The cursor from before, which has not passed over anything, goes on."""
    caller, before = partner_caller(), place_now()
    with without(Scope.COMPANIES_READ):
        LeadFactory()
        page = caller.get("changes/", after=before).json()
        while_away = statuses(caller, page["next"])
    answer = caller.get("changes/", after=page["next"])

    assert (kinds_in(page["changes"]), while_away) == ({"category", "lead"}, [200])
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (410, "export-again")
    assert kinds_in(caller.get("changes/", after=before).json()["changes"]) == {"category", "company", "lead"}


def test_a_cursor_goes_on_with_the_kinds_it_was_made_with_and_with_fewer() -> None:
    """Whoever has left some out with `kind` has not heard of them either."""
    caller, start = partner_caller(), place_now()
    LeadFactory()
    whole = caller.get("changes/", after=start).json()["next"]
    leads = caller.get("changes/", after=start, kind="lead").json()["next"]

    assert statuses(caller, whole, leads, kind="lead") == [200, 200]
    assert statuses(caller, whole, leads, kind="lead,company") == [200, 410]
    assert statuses(caller, whole, leads) == [200, 410]


def test_the_cursor_of_an_export_is_for_all_that_its_key_could_read() -> None:
    """One serves the exports of all kinds; what could not be read was not exported."""
    caller = partner_caller()
    whole = begin_of_export(caller)
    with without(Scope.COMPANIES_READ):
        partly = begin_of_export(caller)
        while_away = statuses(caller, whole, partly)

    assert (while_away, statuses(caller, whole, partly)) == ([200, 200], [200, 410])


# --- webhooks


def test_a_webhook_that_missed_something_is_told_to_export_again(machine: Receiver, clock: Clock) -> None:
    """Once; then it goes on as before."""
    caller = partner_caller()
    hook(machine, key=caller.key, kinds=("lead", "company"))
    with without(Scope.COMPANIES_READ):
        first = LeadFactory()
        work()
        later(clock, minutes=1)
    work()
    later(clock, minutes=1)
    following = LeadFactory(company=first.company)
    work()

    assert types(machine) == ["changes", "export_again", "changes"]
    assert [told(machine.got[at]) for at in (0, 2)] == [[("upsert", first.slug)], [("upsert", following.slug)]]
    assert statuses(caller, json.loads(machine.got[1].body)["data"]["next"]) == [410]  # it never heard of categories
    assert statuses(caller, json.loads(machine.got[1].body)["data"]["next"], kind="lead,company") == [200]
    assert Webhook.objects.get().untold == []


def test_a_webhook_that_waits_for_a_scope_is_not_written_at_each_look(machine: Receiver, clock: Clock) -> None:
    """Where nothing has happened, nothing is noted, for however long the scope is away."""
    hook(machine, kinds=("lead", "company"))
    with without(Scope.COMPANIES_READ):
        LeadFactory()
        work()
        later(clock, minutes=1)
        work()
        before = Webhook.objects.values().get()
        later(clock, minutes=1)
        work()

        assert (types(machine), before["untold"]) == (["changes"], ["company"])
        assert Webhook.objects.values().get() == before


def test_what_was_left_out_of_a_message_that_waited_is_not_passed_over(machine: Receiver, clock: Clock) -> None:
    """It was made while all could be read, and arrives when it cannot."""
    caller = partner_caller()
    hook(machine, key=caller.key, kinds=("lead", "company"))
    machine.answers = refuse
    lead = LeadFactory()
    work()
    machine.answers = lambda handler: handler.answer(200)
    with without(Scope.COMPANIES_READ):
        later(clock, minutes=1)
        work()
    later(clock, minutes=1)
    work()

    assert types(machine) == ["changes", "changes", "export_again"]
    assert told(machine.got[1]) == [("upsert", lead.slug)]
    assert statuses(caller, json.loads(machine.got[1].body)["data"]["next"], kind="lead") == [200]
    assert statuses(caller, json.loads(machine.got[1].body)["data"]["next"], kind="lead,company") == [410]


def test_who_cannot_export_everything_when_told_to_is_told_once_more(machine: Receiver, clock: Clock) -> None:
    """“Export again” was made while all could be read, and arrives when it cannot."""
    caller = partner_caller()
    hook(machine, key=caller.key, kinds=("lead", "company"))
    with without(Scope.COMPANIES_READ):
        LeadFactory()
        work()
        later(clock, minutes=1)
    machine.answers = refuse
    work()
    machine.answers = lambda handler: handler.answer(200)
    with without(Scope.COMPANIES_READ):
        later(clock, minutes=1)
        work()
    later(clock, minutes=1)
    work()

    assert types(machine) == ["changes", "export_again", "export_again", "export_again"]
    assert [statuses(caller, json.loads(got.body)["data"]["next"], kind="lead,company") for got in machine.got[2:]] == [
        [410],
        [200],
    ]
    assert Webhook.objects.get().untold == []


def test_export_again_of_the_release_before_is_for_what_can_be_read(machine: Receiver, clock: Clock) -> None:
    """It names no kinds."""
    caller = partner_caller()
    hook(machine, key=caller.key, kinds=("lead", "company"))
    begin_epoch()
    machine.answers = refuse
    work()
    WebhookDelivery.objects.update(kinds=[])
    machine.answers = lambda handler: handler.answer(200)
    later(clock, minutes=1)
    work()

    assert types(machine) == ["export_again"] * 2
    assert statuses(caller, json.loads(machine.got[1].body)["data"]["next"], kind="lead,company") == [200]


def test_a_webhook_that_asks_for_more_by_itself_begins_there(machine: Receiver, clock: Clock) -> None:
    """It was told nothing wrong, so it need not export what it has."""
    caller = partner_caller()
    path = f"webhooks/{hook(machine, key=caller.key).webhook.pk}/"
    LeadFactory()
    work()
    later(clock, minutes=1)
    caller.send("PATCH", path, {"kinds": ["lead", "company"]})
    following = LeadFactory()
    work()

    assert types(machine) == ["changes", "changes"]
    assert sorted(told(machine.got[1])) == sorted([("upsert", following.slug), ("upsert", following.company.slug)])
