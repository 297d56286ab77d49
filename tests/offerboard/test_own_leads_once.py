"""A call with an Idempotency-Key happens once, however often and with whichever of a holder's keys it is sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import CompanyKey
from offerboard.models import Lead
from partners.models import IdempotentCall
from partners.services.keys import renew_key
from partners.services.once import PATIENCE, REMEMBERED, forget_calls
from tests.factories import NOW
from tests.offerboard.selling import company_of, leads, offer
from tests.partners.calling import Caller, member_caller
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
ONCE = {"Idempotency-Key": "order-7"}


def renewed(shop: Caller) -> Caller:
    """The same program with a key that has taken the place of its first one, which opens for some days yet."""
    issued = renew_key(key=shop.key, expires_at=None, now=NOW)
    CompanyKey.objects.create(key=issued.key, company=company_of(shop))
    return Caller(issued.key, issued.secret)


def test_a_call_that_is_sent_twice_happens_once(shop: Caller) -> None:
    """The second answer is the first one; another body with the same key is refused."""
    body, once = offer(), ONCE

    first = shop.send("POST", "me/leads/", body, headers=once)
    again = shop.send("POST", "me/leads/", body, headers=once)
    other = shop.send("POST", "me/leads/", {**body, "title": "Arabica"}, headers=once)

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["type"].rpartition("#")[2]) == (422, "idempotency-key-reused")
    assert leads() == [("Robusta S18", "published")]


def test_a_refused_call_can_be_sent_corrected_under_the_same_key(shop: Caller) -> None:
    """What failed is not remembered."""
    once = ONCE

    refused = shop.send("POST", "me/leads/", offer(quantity="many"), headers=once)
    corrected = shop.send("POST", "me/leads/", offer(), headers=once)

    assert (refused.status_code, corrected.status_code, len(leads())) == (422, 201, 1)


def test_while_the_first_call_is_under_way_the_second_waits(shop: Caller) -> None:
    """And takes over from a worker that has died."""
    body, once = offer(), ONCE
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
    body, once = offer(), ONCE
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
    once = ONCE
    shop.send("POST", "me/leads/", offer(), headers=once)
    other = member_caller().send("POST", "me/leads/", offer(), headers=once)

    assert (other.status_code, len(leads()), forget_calls(now=NOW)) == (201, 2, 0)
    assert forget_calls(now=NOW + REMEMBERED + PATIENCE) == 2


@pytest.mark.parametrize("value", ["", " ", "x" * 256, "ключ"])
def test_a_key_that_is_none_is_named(shop: Caller, value: str) -> None:
    """And nothing is posted."""
    answer = shop.send("POST", "me/leads/", offer(), headers={"Idempotency-Key": value})

    assert (answer.status_code, answer.json()["errors"][0]["name"], leads()) == (400, "Idempotency-Key", [])


def test_it_happens_once_while_a_program_changes_over_to_another_key() -> None:
    """Whichever of the two keys the call comes with first; one that took nobody's place is somebody else's."""
    answers = []
    for first in (0, 1):
        shop = member_caller()
        line = [shop, renewed(shop)]
        body, callers = offer(), [line[first], renewed(line[1]), line[1 - first]]
        answers += [one.send("POST", "me/leads/", body, headers=ONCE) for one in callers]
    ids = [one.json()["id"] for one in answers]

    assert [one.status_code for one in answers] == [201] * 6
    assert (ids, len(leads())) == ([ids[0]] * 3 + [ids[3]] * 3, 2)


def test_of_two_calls_at_once_with_two_keys_one_posts(shop: Caller) -> None:
    """The second waits for the first one's place, and is told to come again."""
    other, body = renewed(shop), offer()

    def call() -> Any:
        try:
            return other.send("POST", "me/leads/", body, headers=ONCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():  # the first one's, which has not committed yet
            IdempotentCall.objects.create(key=shop.key, value="order-7", digest="0" * 64, begun_at=NOW)
            second = pool.submit(call)
            wait_for(second)
        answer = second.result(30)

    assert (answer.status_code, leads()) == (422, [])


def elsewhere(do: Callable[[], Any]) -> None:
    """With a connection of its own."""
    try:
        do()
    finally:
        connection.close()


def while_publishing(meanwhile: Callable[[], Any]) -> Callable[..., Any]:
    """Somebody else is quicker: it is done as the program's own call is about to hold the company for its lead."""

    def do(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "directory_company" in sql and "FOR NO KEY UPDATE" in sql:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(elsewhere, meanwhile).result(30)
        return execute(sql, params, many, context)

    return do


@pytest.mark.parametrize(
    ("meanwhile", "status", "left"),
    [
        (lambda: Lead.objects.filter(state="draft").update(state="closed"), 201, ["closed"]),
        (lambda: Lead.objects.all().delete(), 404, []),
    ],
)
def test_what_somebody_else_does_to_the_draft_before_it_is_published_is_no_fault_of_ours(
    shop: Caller, meanwhile: Callable[[], Any], status: int, left: list[str]
) -> None:
    """A worker that was taken for dead has published it, or a colleague has deleted it."""
    with connection.execute_wrapper(while_publishing(meanwhile)):
        answer = shop.send("POST", "me/leads/", offer(), headers=ONCE)

    assert (answer.status_code, [state for _title, state in leads()]) == (status, left)
