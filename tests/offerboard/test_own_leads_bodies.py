"""What a program sends about its company's leads is read strictly: nothing is guessed, nothing passed over."""

import json
from typing import Any

import pytest

from offerboard.models import Lead
from tests.offerboard.selling import faults, kind_of, leads, offer
from tests.partners.calling import Caller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def post(shop: Caller, text: str) -> Any:
    """A sell offer whose quantity is written as this."""
    body = offer(quantity="@")
    content = json.dumps(body).replace('"@"', text).encode()
    headers = {"Authorization": f"Bearer {shop.secret}"}
    return shop.client.post("/api/v1/me/leads/", content, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('"96"', "96"),
        ('"1.234"', "1.234"),  # which a person would be asked about
        ("1.234", "1.234"),
        ("96", "96"),
        ('"1000"', "1000"),
        ('"0.100"', "0.1"),
        ("123456789012.001", "123456789012.001"),  # more digits than a float keeps
    ],
)
def test_a_decimal_is_what_it_says(shop: Caller, text: str, read: str) -> None:
    """As a number of JSON or as text."""
    answer = post(shop, text)

    assert (answer.status_code, answer.json()["quantity"]) == (201, read)


@pytest.mark.parametrize(
    "text",
    [
        *('"1,000"', '"1 000"', '"1.000.000"', '"1,5"', '"-1"', "-1", '"+1"', '"1e3"', "1e3", '"1."', '".5"', '" 1"'),
        *('""', '"\\u0664"', "true", "[]", f'"{"1" * 31}"', "9" * 31),
    ],
)
def test_what_is_no_decimal_is_named_and_nothing_is_guessed(shop: Caller, text: str) -> None:
    answer = post(shop, text)

    assert kind_of(answer) == (422, "bad-body")
    assert faults(answer)["quantity"].startswith("is no decimal. Send digits and at most one dot")
    assert leads() == []


@pytest.mark.parametrize("amount", ["0", "1000000000000", "0.0001"])
def test_a_decimal_that_no_quantity_can_be_is_refused_in_the_words_of_the_form(shop: Caller, amount: str) -> None:
    answer = shop.send("POST", "me/leads/", offer(quantity=amount))

    assert (answer.status_code, list(faults(answer)), leads()) == (422, ["quantity"], [])


@pytest.mark.parametrize("name", ["title", "description", "place"])
def test_a_text_of_signs_that_nobody_sees_is_none(shop: Caller, name: str) -> None:
    """They are not kept; so where a text is needed, nothing was sent, also in a change."""
    made = shop.send("POST", "me/leads/", offer()).json()
    answers = [
        shop.send("POST", "me/leads/", offer(**{name: "\u202e \u200b"})),
        shop.send("PATCH", f"me/leads/{made['id']}/", {name: "\u200f"}),
    ]

    assert [(kind_of(one), list(faults(one))) for one in answers] == [((422, "bad-body"), [name])] * 2
    assert (leads(), Lead.objects.values_list(name, flat=True).get()) == ([("Robusta S18", "published")], made[name])


def test_prices_by_quantity_are_decimals_too(shop: Caller) -> None:
    """A wrong one is named by its place."""
    right = [{"min_quantity": 1.125, "price": "4180.5"}, {"min_quantity": "10.125", "price": "4000.125"}]
    posted = shop.send("POST", "me/leads/", offer(price_tiers=right))
    wrong = shop.send("POST", "me/leads/", offer(price_tiers=[{"min_quantity": "1,5", "price": "4180.5"}]))

    assert posted.json()["price_tiers"] == [
        {"min_quantity": "1.125", "price": "4180.5"},
        {"min_quantity": "10.125", "price": "4000.125"},
    ]
    assert (list(faults(wrong)), len(leads())) == (["price_tiers.0.min_quantity"], 1)


def test_unknown_members_are_named_also_within_prices_by_quantity(shop: Caller) -> None:
    tier = {"min_quantity": "1", "price": "4180.5", "currency": "EUR"}

    answer = shop.send("POST", "me/leads/", offer(price_tiers=[tier], colour="green"))

    assert kind_of(answer) == (422, "bad-body")
    assert faults(answer)["price_tiers.0.currency"] == "is not known here. Known are: min_quantity, price."
    assert (set(faults(answer)), leads()) == ({"price_tiers.0.currency", "colour"}, [])


def test_a_change_cannot_publish_and_says_what_can(shop: Caller) -> None:
    draft = shop.send("POST", "me/leads/", offer(publish=False)).json()

    answer = shop.send("PATCH", f"me/leads/{draft['id']}/", {"publish": True, "title": "Arabica"})

    assert kind_of(answer) == (422, "bad-body")
    assert "POST /api/v1/me/leads/<id>/publish/" in faults(answer)["publish"]
    assert leads() == [("Robusta S18", "draft")]


def test_what_is_optional_can_be_sent_as_null(shop: Caller) -> None:
    """So that what was read can be sent back, but for what only is read."""
    opened = ("brand", "model", "hs_code", "condition", "incoterm", "place", "payment_terms", "samples", "packaging")
    made = shop.send("POST", "me/leads/", offer(brand="Dak Hoa", **dict.fromkeys(opened[1:]), lead_time_days=None))
    emptied = shop.send("PATCH", f"me/leads/{made.json()['id']}/", {"brand": None})

    assert (made.status_code, emptied.status_code) == (201, 200)
    assert [emptied.json()[name] for name in opened] == [None] * len(opened)


def test_a_draft_that_was_read_can_be_sent_back_as_it_is(shop: Caller) -> None:
    """An empty one has null where a lead on the board has something."""
    made = shop.send("POST", "me/leads/", {"publish": False}).json()
    sendable = set(offer()) | {"brand", "price_tiers", "destinations", "samples", "packaging", "lead_time_days"}

    again = shop.send("PATCH", f"me/leads/{made['id']}/", {name: made[name] for name in sendable})

    assert again.json() == made
    assert Lead.objects.get().title == ""
