"""What a program reads about its company's leads: what is open, where a new one stands, and why one is refused."""

from typing import Any

import pytest

from offerboard.models import Lead, LeadRevision
from partners.models import Mark
from partners.numbering import number_changes
from tests.factories import NOW
from tests.offerboard.selling import faults, kind_of, leads, offer
from tests.partners.calling import Caller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
OPEN = ("title", "description", "category", "unit", "quantity", "rejection", "posted_at", "valid_until")


def test_what_a_draft_lacks_is_null_and_never_nothing_between_quotation_marks(shop: Caller) -> None:
    """Lists are empty lists."""
    draft = shop.send("POST", "me/leads/", {"publish": False}).json()

    assert {name: draft[name] for name in OPEN} == dict.fromkeys(OPEN)
    assert [name for name, value in draft.items() if value == ""] == []
    assert [draft[name] for name in ("price_tiers", "destinations", "pictures", "documents")] == [[]] * 4


def test_lists_can_be_emptied_by_null(shop: Caller) -> None:
    tiers = [{"min_quantity": "10", "price": "4180.5"}]
    made = shop.send("POST", "me/leads/", offer(price_tiers=tiers, destinations=["DE"])).json()

    emptied = shop.send("PATCH", f"me/leads/{made['id']}/", {"price_tiers": None, "destinations": None})

    assert (made["price_tiers"], made["destinations"]) == (tiers, ["DE"])
    assert (emptied.status_code, emptied.json()["price_tiers"], emptied.json()["destinations"]) == (200, [], [])


def test_a_new_lead_says_where_it_stands_and_under_which_tag(shop: Caller, clock: Any) -> None:
    """Also when the call is sent again; the tag is then that of the first answer."""
    body, once = offer(), {"Idempotency-Key": "order-7"}
    made = shop.send("POST", "me/leads/", body, headers=once)
    path = f"me/leads/{made.json()['id']}/"
    read = shop.get(path)
    clock.shift(1)
    changed = shop.send("PATCH", path, {"quantity": "48"}, headers={"If-Match": made.headers["ETag"]})
    again = shop.send("POST", "me/leads/", body, headers=once)

    assert made.headers["Location"] == f"http://localhost:8000/api/v1/{path}"
    assert (made.headers["ETag"], changed.status_code) == (read.headers["ETag"], 200)
    assert [again.headers[name] for name in ("ETag", "Location")] == [
        made.headers[name] for name in ("ETag", "Location")
    ]


@pytest.mark.parametrize("publish", [True, False])
def test_sending_back_what_the_lead_says_writes_nothing(shop: Caller, clock: Any, publish: bool) -> None:
    """Nobody who follows the market hears of it, and what was read is still as it was read."""
    made = shop.send("POST", "me/leads/", offer(publish=publish, brand="Dak Hoa")).json()
    path = f"me/leads/{made['id']}/"
    tag = shop.get(path).headers["ETag"]
    number_changes(now=NOW)
    before = (Lead.objects.values().get(), LeadRevision.objects.count())
    clock.shift(1)

    same = {name: made[name] for name in ("title", "quantity", "price", "brand", "price_tiers", "destinations")}
    answer = shop.send("PATCH", path, same, headers={"If-Match": tag})

    assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, made, tag)
    assert (Lead.objects.values().get(), LeadRevision.objects.count()) == before
    assert Mark.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "name", "told"),
    [
        ({"price": None, "price_on_request": False}, "price", "is needed: send a decimal, or null for “on request”."),
        ({"category": None}, "category", "is needed. /api/v1/categories/ lists the ids."),
        (
            {"category": "no-such"},
            "category",
            "is no category that lies in another one. /api/v1/categories/ lists the ids.",
        ),
        ({"origin": "XX"}, "origin", "is the code of no country. /api/v1/countries/ lists them."),
        ({"origin": None}, "origin", "is needed for a sell offer: the country that the goods come from."),
        ({"destinations": ["XX"]}, "destinations", "is the code of no country. /api/v1/countries/ lists them."),
        ({"currency": None}, "currency", "is needed with a price."),
        (
            {"kind": "buy_inquiry", "price_tiers": [{"min_quantity": "10", "price": "4180.5"}]},
            "price_tiers",
            "are for sell offers: a buy inquiry has one target price. Send [].",
        ),
    ],
)
def test_a_program_is_not_told_to_tick_or_choose(shop: Caller, wrong: dict[str, Any], name: str, told: str) -> None:
    """It has no boxes and no lists."""
    answer = shop.send("POST", "me/leads/", offer(**wrong))

    assert (kind_of(answer), faults(answer), leads()) == ((422, "bad-body"), {name: told}, [])


def test_who_puts_a_price_on_request_is_told_to_take_it_away(shop: Caller) -> None:
    made = shop.send("POST", "me/leads/", offer()).json()
    path = f"me/leads/{made['id']}/"

    refused = shop.send("PATCH", path, {"price_on_request": True})
    between = shop.get(path).json()
    done = shop.send("PATCH", path, {"price_on_request": True, "price": None})

    assert faults(refused) == {"price": "contradicts `price_on_request`: true. Send `price`: null with it."}
    assert (between, done.status_code, done.json()["price"]) == (made, 200, None)
