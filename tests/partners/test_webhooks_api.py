"""/api/v1/webhooks/ as programs of partners and members use it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from offerboard.models import Lead
from partners.models import Webhook, WebhookDelivery
from partners.scopes import Scope
from partners.services import webhook_calls
from partners.services import webhooks as services
from privacy.sealing import CannotUnseal, unseal
from tests.factories import NOW, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, member_caller, partner_caller

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/market"


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def create(caller: Caller, **more: Any) -> Any:
    return caller.send("POST", "webhooks/", {"url": URL, **more})


def made(caller: Caller, **more: Any) -> str:
    """The path of a new one."""
    return f"webhooks/{create(caller, **more).json()['id']}/"


def rows() -> list[Any]:
    return [*Webhook.objects.order_by("pk").values_list(), *WebhookDelivery.objects.order_by("pk").values_list()]


def named(answer: Any) -> list[str]:
    return [one["name"] for one in answer.json()["errors"]]


def test_the_secret_is_shown_when_a_webhook_is_made_and_never_again() -> None:
    """Nor does it stand in the database."""
    caller = partner_caller()
    answer = create(caller, kinds=["lead"])
    secret, path = answer.json()["secret"], f"webhooks/{answer.json()['id']}/"
    read = [caller.get("webhooks/"), caller.get(path), caller.send("PATCH", path, {"kinds": ["lead", "company"]})]

    assert (answer.status_code, answer.headers["Location"]) == (201, f"http://localhost:8000/api/v1/{path}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "id": answer.json()["id"],
        "url": URL,
        "kinds": ["lead"],
        "state": "active",
        "paused_by": None,
        "state_since": NOW.isoformat(),
        "previous_secret_until": None,
        "created_at": NOW.isoformat(),
        "secret": secret,
    }
    assert secret.startswith("whsec_")
    assert not any(secret.encode() in one.content for one in read)
    assert secret not in str(rows())


def test_without_kinds_it_is_told_of_all_that_the_key_may_read() -> None:
    caller = partner_caller(Scope.WEBHOOKS_WRITE, Scope.COMPANIES_READ)

    assert create(caller).json()["kinds"] == ["company"]


def test_a_key_makes_no_webhook_that_tells_more_than_it_may_read() -> None:
    """Neither does it change one so."""
    caller = partner_caller(Scope.WEBHOOKS_WRITE, Scope.COMPANIES_READ)
    path, before = made(caller), rows()
    answers = [
        create(caller, kinds=["lead"]),
        caller.send("PATCH", path, {"kinds": ["company", "lead"]}),
        create(partner_caller(Scope.WEBHOOKS_WRITE)),
    ]

    assert [(one.status_code, one.json()["type"].rpartition("#")[2]) for one in answers] == [(403, "scope-missing")] * 3
    assert "leads:read" in answers[0].json()["detail"]
    assert rows() == before


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({}, "url"),
        ({"url": URL, "colour": "red"}, "colour"),
        ({"url": 7}, "url"),
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "HTTPS://hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://0x7f000001/"}, "url"),
        ({"url": "https://hooks.example.com:22/"}, "url"),
        ({"url": URL, "kinds": []}, "kinds"),
        ({"url": URL, "kinds": "lead"}, "kinds"),
        ({"url": URL, "kinds": ["leads"]}, "kinds"),
        ({"url": URL, "secret": "whsec_mine"}, "secret"),
        ({"url": URL, "state": "paused"}, "state"),
        ([URL], ""),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_the_members_name(body: Any, member: str) -> None:
    answer = partner_caller().send("POST", "webhooks/", body)

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert member in [name.partition(".")[0] for name in named(answer)]
    assert rows() == []


@pytest.mark.parametrize("url", ["HTTPS://hooks.example.com/", "https://127.0.0.1/", ""])
def test_another_address_is_read_as_the_first_one(url: str) -> None:
    caller = partner_caller()
    path = made(caller)
    before = rows()
    answer = caller.send("PATCH", path, {"url": url})

    assert (answer.status_code, named(answer), rows()) == (422, ["url"], before)


def test_a_change_is_whole_or_is_none() -> None:
    caller = partner_caller()
    path = made(caller, kinds=["lead"])
    before = rows()
    answer = caller.send("PATCH", path, {"kinds": ["company"], "state": "paused", "url": "https://10.0.0.1/"})

    assert (answer.status_code, named(answer)) == (422, ["url"])
    assert rows() == before


def test_a_webhook_is_changed_paused_taken_up_again_and_deleted() -> None:
    caller = partner_caller()
    path = made(caller, kinds=["lead"])
    other = "https://hooks.example.com:8443/other?x=1"

    paused = caller.send("PATCH", path, {"url": other, "state": "paused"}).json()
    active = caller.send("PATCH", path, {"state": "active"}).json()
    deleted = caller.send("DELETE", path)

    assert (paused["url"], paused["kinds"]) == (other, ["lead"])
    assert (paused["state"], paused["paused_by"]) == ("paused", "holder")
    assert (active["url"], active["state"], active["paused_by"]) == (other, "active", None)
    assert (deleted.status_code, caller.get(path).status_code, rows()) == (204, 404, [])


def test_what_staff_paused_its_holder_does_not_take_up_again() -> None:
    caller = partner_caller()
    path = made(caller)
    services.pause_webhook(webhook=Webhook.objects.get(), by=Webhook.PauseReason.STAFF, now=NOW)
    before = rows()
    answers = [caller.send("PATCH", path, {"state": state}) for state in ("active", "paused")]

    assert [one.status_code for one in answers] == [409, 200]
    assert rows() == before


def test_a_holder_has_five_at_most_whichever_key_makes_them() -> None:
    partner = PartnerFactory()
    first, second = partner_caller(partner=partner), partner_caller(partner=partner)
    answers = [create(caller).status_code for caller in (first, second) * 3]
    first.send("DELETE", f"webhooks/{Webhook.objects.order_by('pk')[0].pk}/")

    assert answers == [201] * 5 + [409]
    assert [create(second).status_code, create(partner_caller()).status_code] == [201, 201]


@pytest.mark.parametrize("who", ["another partner", "a member", "another member"])
def test_another_holders_webhook_is_not_found(who: str) -> None:
    """By whatever is tried, and nothing changes."""
    owner = member_caller() if who == "another member" else partner_caller()
    caller = partner_caller() if who == "another partner" else member_caller()
    path = made(owner)
    ping = owner.send("POST", f"{path}ping/").json()["id"]
    before = rows()
    tried = [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}secret/"),
        ("POST", f"{path}ping/"),
        ("GET", f"{path}deliveries/"),
        ("GET", f"{path}deliveries/{ping}/"),
        ("POST", f"{path}deliveries/{ping}/replay/"),
    ]

    assert [caller.send(method, address, None).status_code for method, address in tried] == [404] * len(tried)
    assert caller.get("webhooks/").json() == {"results": []}
    assert rows() == before


def test_a_delivery_is_found_under_its_own_webhook_only() -> None:
    caller = partner_caller()
    first, second = made(caller), made(caller)
    ping = caller.send("POST", f"{first}ping/").json()["id"]

    assert [caller.get(f"{path}deliveries/{ping}/").status_code for path in (first, second)] == [200, 404]
    assert caller.get(f"{first}deliveries/{uuid4()}/").status_code == 404


def test_an_id_that_is_none_is_named_and_not_taken_for_an_unknown_address() -> None:
    caller = partner_caller()
    path = made(caller)
    before = rows()
    tried = [
        ("pk", "GET", "webhooks/seven/"),
        ("pk", "DELETE", "webhooks/7/"),
        ("pk", "POST", "webhooks/seven/ping/"),
        ("delivery", "GET", f"{path}deliveries/seven/"),
        ("delivery", "POST", f"{path}deliveries/seven/replay/"),
        ("reference", "POST", "removals/seven/receipt/"),
    ]

    answers = [caller.send(method, address) for _name, method, address in tried]

    assert [one.headers["Content-Type"] for one in answers] == ["application/problem+json"] * len(tried)
    assert [(one.status_code, one.json()["errors"][0]["name"]) for one in answers] == [(404, one[0]) for one in tried]
    assert answers[0].json()["detail"] == "“seven” is no id: ids here are UUIDs, as answers give them."
    assert len(caller.get(f"webhooks/{'seven' * 600}/").content) < 600
    assert caller.get(path.upper().replace("WEBHOOKS", "webhooks")).status_code == 200
    assert rows() == before


def test_every_address_needs_the_scope() -> None:
    owner = PartnerFactory()
    path = made(partner_caller(partner=owner))
    caller = partner_caller(Scope.LEADS_READ, Scope.CHANGES_READ, partner=owner)
    before = rows()
    tried = [
        ("GET", "webhooks/"),
        ("POST", "webhooks/"),
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}secret/"),
        ("POST", f"{path}ping/"),
        ("GET", f"{path}deliveries/"),
        ("GET", f"{path}deliveries/{uuid4()}/"),
        ("POST", f"{path}deliveries/{uuid4()}/replay/"),
    ]

    assert [caller.send(method, address).status_code for method, address in tried] == [403] * len(tried)
    assert rows() == before


def test_within_the_day_on_which_both_sign_there_is_no_third_secret(today: Any) -> None:
    """A program that still has the first one would have none of those that sign."""
    caller = partner_caller()
    path = f"{made(caller)}secret/"
    caller.send("POST", path)
    before = rows()

    refused = caller.send("POST", path)
    between = rows()
    today.shift(timedelta(hours=24))
    done = caller.send("POST", path)

    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (409, "secret-changing")
    assert (between, done.status_code) == (before, 200)


def test_what_waits_goes_to_another_address_at_once() -> None:
    """Whatever the old one has made it wait; the same address again changes nothing."""
    caller = partner_caller()
    path = made(caller)
    hook, later = Webhook.objects.get(), NOW + timedelta(hours=6)
    waiting = WebhookDelivery.objects.create(
        webhook=hook,
        event="changes",
        epoch=hook.epoch,
        after=0,
        up_to=1,
        attempts=9,
        tried_from=NOW - timedelta(days=2),
        not_before=later,
        created_at=NOW - timedelta(days=2),
    )

    caller.send("PATCH", path, {"url": URL})
    waiting.refresh_from_db()
    as_before = (waiting.attempts, waiting.not_before)
    caller.send("PATCH", path, {"url": f"{URL}/new"})
    waiting.refresh_from_db()

    assert as_before == (9, later)
    assert (waiting.attempts, waiting.tried_from, waiting.not_before) == (0, NOW, NOW)


def test_a_new_secret_takes_the_place_of_the_old_one_which_signs_for_a_day() -> None:
    caller = partner_caller()
    first = create(caller).json()
    answer = caller.send("POST", f"webhooks/{first['id']}/secret/")
    row = Webhook.objects.get()

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json()["previous_secret_until"] == (NOW + timedelta(hours=24)).isoformat()
    assert [unseal(one, place=row.sealed_at("secret")) for one in (row.secret, row.previous_secret)] == [
        answer.json()["secret"],
        first["secret"],
    ]


def test_a_secret_that_is_copied_into_another_row_does_not_open() -> None:
    caller = partner_caller()
    create(caller)
    create(caller)
    first, second = Webhook.objects.order_by("pk")

    with pytest.raises(CannotUnseal):
        unseal(first.secret, place=second.sealed_at("secret"))


def test_a_ping_is_on_its_way_and_twenty_an_hour_are_enough(today: Any) -> None:
    caller = partner_caller()
    path = made(caller)
    answers = [caller.send("POST", f"{path}ping/") for _ in range(webhook_calls.PINGS + 1)]
    count = WebhookDelivery.objects.count()
    today.shift(timedelta(hours=1))

    assert [one.status_code for one in answers] == [202] * webhook_calls.PINGS + [429]
    assert (answers[0].json()["type"], answers[0].json()["state"]) == ("ping", "pending")
    assert (answers[-1].headers["Retry-After"], count) == ("3600", webhook_calls.PINGS)
    assert caller.send("POST", f"{path}ping/").status_code == 202


def test_deliveries_come_page_by_page_the_newest_first(today: Any) -> None:
    caller = partner_caller()
    path, sent, seen, after = made(caller), [], [], None
    for _number in range(5):
        sent.append(caller.send("POST", f"{path}ping/").json()["id"])
        today.shift(timedelta(seconds=1))
    for _page in range(3):
        page = caller.get(f"{path}deliveries/", page_size=2, **({"after": after} if after else {})).json()
        seen += [one["id"] for one in page["results"]]
        after = page["next"]

    assert (seen, after) == (sent[::-1], None)


def test_a_cursor_of_another_list_is_named() -> None:
    caller = partner_caller()
    first, second = made(caller), made(caller)
    for _number in range(2):
        caller.send("POST", f"{first}ping/")
    cursor = caller.get(f"{first}deliveries/", page_size=1).json()["next"]
    answer = caller.get(f"{second}deliveries/", after=cursor)

    assert (answer.status_code, named(answer)) == (400, ["after"])


def test_what_has_ended_is_replayed_and_what_waits_is_not() -> None:
    caller = partner_caller()
    path = made(caller)
    ping = caller.send("POST", f"{path}ping/").json()["id"]
    address = f"{path}deliveries/{ping}/"
    waits = caller.send("POST", f"{address}replay/")
    ended = {"state": "failed", "ended_at": NOW, "attempts": 1, "last_status": 500, "last_error": "No"}
    WebhookDelivery.objects.update(**ended)
    failed = caller.get(address).json()
    again = caller.send("POST", f"{address}replay/")

    assert (waits.status_code, again.status_code) == (409, 202)
    assert (failed["state"], failed["last_status"], failed["last_error"]) == ("failed", 500, "No")
    assert (again.json()["id"], again.json()["state"], again.json()["attempts"]) == (ping, "pending", 0)


def test_a_member_who_leaves_takes_the_webhooks_along() -> None:
    member = MemberFactory()
    made(member_caller(member=member))
    kept = made(member_caller())
    member.delete()

    assert [f"webhooks/{pk}/" for pk in Webhook.objects.values_list("pk", flat=True)] == [kept]


def test_without_a_key_nobody_learns_what_there_is() -> None:
    path = made(partner_caller())

    assert [Client().get(f"/api/v1/{path}").status_code, Lead.objects.count()] == [401, 0]
