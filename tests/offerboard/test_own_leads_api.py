"""A member's program posts and changes the leads of its company, by the rules of the website."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection

from accounts.models import Member
from directory.models import TeamMember
from offerboard.models import Lead, PriceTier
from partners.models import IdempotentCall
from partners.services.once import PATIENCE, REMEMBERED, forget_calls
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.offerboard.selling import company_of, leads, offer
from tests.partners.calling import Caller, member_caller, partner_caller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Caller:
    """The program of a company's owner."""
    return member_caller()


def test_a_lead_is_posted_and_read_back(shop: Caller) -> None:
    """It is on the board at once, as the public API has it."""
    answer = shop.send("POST", "me/leads/", offer(price_tiers=[{"min_quantity": "10", "price": "4180.5"}]))
    public = shop.get(f"leads/{answer.json()['id']}/").json()

    assert (answer.status_code, answer.json()["state"], answer.json()["price"]) == (201, "published", "4180.5")
    assert {name: answer.json()[name] for name in public} == public
    assert public["price_tiers"] == [{"min_quantity": "10", "price": "4180.5"}]
    assert Lead.objects.get().company == company_of(shop)


def test_a_draft_may_lack_what_a_public_lead_must_have(shop: Caller) -> None:
    """And says what is missing when it is published."""
    draft = shop.send("POST", "me/leads/", {"kind": "buy_inquiry", "title": "Cashew", "publish": False})
    refused = shop.send("POST", f"me/leads/{draft.json()['id']}/publish/")

    assert (draft.status_code, draft.json()["state"]) == (201, "draft")
    assert (refused.status_code, {one["name"] for one in refused.json()["errors"]} >= {"category", "quantity"}) == (
        422,
        True,
    )
    assert leads() == [("Cashew", "draft")]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"quantity": "many"}, "quantity"),
        ({"category": "no-such"}, "category"),
        ({"currency": "XXX"}, "currency"),
        ({"incoterm": "FOB", "place": ""}, "place"),
        ({"price": "-1"}, "price"),
        ({"valid_days": 10**9}, "valid_days"),
        ({"colour": "green"}, "colour"),
        ({"title": ["x"]}, "title"),
        ({"destinations": ["XX"]}, "destinations"),
        ({"price_tiers": [{"min_quantity": "10"}]}, "price_tiers.0.price"),
        ({"price_tiers": [{"min_quantity": "10", "price": "1"}]}, "price_tiers"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_posted(shop: Caller, wrong: dict[str, Any], name: str) -> None:
    """By the rules of the form."""
    answer = shop.send("POST", "me/leads/", offer(**wrong))

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert name in {one["name"] for one in answer.json()["errors"]}
    assert leads() == []


def test_what_is_not_sent_stays_as_it_is(shop: Caller) -> None:
    """A change of one field."""
    made = shop.send("POST", "me/leads/", offer()).json()

    changed = shop.send("PATCH", f"me/leads/{made['id']}/", {"quantity": "48"})
    on_request = shop.send("PATCH", f"me/leads/{made['id']}/", {"price": None})

    assert changed.json() == {**made, "quantity": "48", "updated_at": changed.json()["updated_at"]}
    assert (on_request.json()["price"], on_request.json()["currency"]) == (None, None)


def test_steps_move_a_lead_and_of_two_one_does(shop: Caller) -> None:
    """The second one says why not."""
    made = shop.send("POST", "me/leads/", offer()).json()
    path = f"me/leads/{made['id']}"

    answers = [shop.send("POST", f"{path}/{step}/") for step in ("pause", "pause", "resume", "renew", "close", "close")]

    assert [(one.status_code, one.json().get("state")) for one in answers] == [
        (200, "paused"),
        (409, None),
        (200, "published"),
        (409, None),  # it runs its full time already
        (200, "closed"),
        (409, None),
    ]
    assert shop.send("POST", f"{path}/explode/").status_code == 404


def test_another_company_s_lead_is_not_there(shop: Caller) -> None:
    """Neither to be read nor changed."""
    other = LeadFactory(title="Of others")
    path = f"me/leads/{other.slug}/"

    answers = [
        shop.get(path),
        shop.send("PATCH", path, {"title": "Mine"}),
        *(shop.send("POST", f"{path}{step}/") for step in ("pause", "close", "renew")),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert (leads(), shop.get("me/leads/").json()["results"]) == ([("Of others", "published")], [])


def test_the_list_goes_page_by_page(shop: Caller) -> None:
    """The newest first, in any state."""
    made = [LeadFactory(company=company_of(shop), state=state).slug for state in ("published", "paused", "published")]

    first = shop.get("me/leads/", page_size=2).json()
    second = shop.get("me/leads/", page_size=2, after=first["next"]).json()

    assert [one["id"] for one in (*first["results"], *second["results"])] == made[::-1]
    assert shop.get("me/leads/", state="published", after=first["next"]).status_code == 400  # of another list
    assert (second["next"], [one["id"] for one in shop.get("me/leads/", state="paused").json()["results"]]) == (
        None,
        [made[1]],
    )


def test_a_partner_has_no_leads_and_a_viewer_changes_none() -> None:
    """The contract of a partner cannot allow it; whoever may only read on the website may not write here."""
    member = MemberFactory()
    shop = member_caller(member=member)
    TeamMember.objects.filter(member=member).update(role="viewer")

    answers = [partner_caller().send("POST", "me/leads/", offer()), shop.send("POST", "me/leads/", offer())]

    assert [(one.status_code, one.json()["type"].rpartition("#")[2]) for one in answers] == [
        (403, "scope-missing"),
        (403, "no-company"),
    ]
    assert leads() == []


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_call_that_is_sent_twice_happens_once(shop: Caller) -> None:
    """The second answer is the first one; another body with the same key is refused."""
    body, once = offer(), {"Idempotency-Key": "order-7"}

    first = shop.send("POST", "me/leads/", body, headers=once)
    again = shop.send("POST", "me/leads/", body, headers=once)
    other = shop.send("POST", "me/leads/", {**body, "title": "Arabica"}, headers=once)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["type"].rpartition("#")[2]) == (422, "idempotency-key-reused")
    assert leads() == [("Robusta S18", "published")]


def test_a_refused_call_can_be_sent_corrected_under_the_same_key(shop: Caller) -> None:
    """What failed is not remembered."""
    once = {"Idempotency-Key": "order-7"}

    refused = shop.send("POST", "me/leads/", offer(quantity="many"), headers=once)
    corrected = shop.send("POST", "me/leads/", offer(), headers=once)

    assert (refused.status_code, corrected.status_code, len(leads())) == (422, 201, 1)


def test_while_the_first_call_is_under_way_the_second_waits(shop: Caller) -> None:
    """And takes over from a worker that has died."""
    body, once = offer(), {"Idempotency-Key": "order-7"}
    shop.send("POST", "me/leads/", body, headers=once)
    IdempotentCall.objects.update(status=None, answer="", begun_at=NOW)

    early = shop.send("POST", "me/leads/", body, headers=once)
    IdempotentCall.objects.update(begun_at=NOW - PATIENCE)
    late = shop.send("POST", "me/leads/", body, headers=once)

    assert (early.status_code, early.headers["Retry-After"], late.status_code) == (409, "60", 201)
    assert len(leads()) == 1  # it finds what the dead one had posted


def too_late(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """The database gives up as the answer is written: all that was to be done is done by then."""
    if "payload" in sql:
        raise OperationalError("canceling statement due to statement timeout")
    return execute(sql, params, many, context)


def test_a_call_that_our_fault_broke_off_is_finished_by_the_next_and_done_once(shop: Caller) -> None:
    """The lead is on the board already when the answer fails."""
    shop.client.raise_request_exception = False
    body, once = offer(), {"Idempotency-Key": "order-7"}
    with connection.execute_wrapper(too_late):
        broken = shop.send("POST", "me/leads/", body, headers=once)
    at_once = shop.send("POST", "me/leads/", body, headers=once)
    IdempotentCall.objects.update(begun_at=NOW - PATIENCE)
    later = shop.send("POST", "me/leads/", body, headers=once)

    assert (broken.status_code >= 500, at_once.status_code, later.status_code) == (True, 409, 201)
    assert leads() == [("Robusta S18", "published")]
    assert later.json()["id"] == Lead.objects.get().slug


def test_keys_are_forgotten_after_a_day_and_belong_to_one_holder(shop: Caller) -> None:
    """Another company may use the same one."""
    once = {"Idempotency-Key": "order-7"}
    shop.send("POST", "me/leads/", offer(), headers=once)
    other = member_caller().send("POST", "me/leads/", offer(), headers=once)

    assert (other.status_code, len(leads()), forget_calls(now=NOW)) == (201, 2, 0)
    assert forget_calls(now=NOW + REMEMBERED + PATIENCE) == 2


@pytest.mark.parametrize("value", ["", " ", "x" * 256, "ключ"])
def test_a_key_that_is_none_is_named(shop: Caller, value: str) -> None:
    """And nothing is posted."""
    answer = shop.send("POST", "me/leads/", offer(), headers={"Idempotency-Key": value})

    assert (answer.status_code, answer.json()["errors"][0]["name"], leads()) == (400, "Idempotency-Key", [])


def test_contact_details_in_free_text_are_masked(shop: Caller) -> None:
    """As on the website."""
    made = shop.send("POST", "me/leads/", offer(description="Write to sales@firm.example")).json()

    assert "sales@firm.example" not in made["description"]
    assert (Member.objects.filter(leads__slug=made["id"]).count(), PriceTier.objects.count()) == (1, 0)
