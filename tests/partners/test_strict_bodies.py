"""What a program sends is looked at before anything is done, and an answer does not grow with what is wrong."""

from typing import Any

import pytest

from offerboard.models import Lead
from partners.models import IdempotentCall, Webhook
from partners.problems import MOST_FAULTS
from tests.offerboard.selling import faults, kind_of, leads, offer
from tests.partners.calling import Caller, partner_caller

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = 20_000  # bytes


def send_text(shop: Caller, text: str, content_type: str = "application/json") -> Any:
    """A body as it stands."""
    headers = {"Authorization": f"Bearer {shop.secret}"}
    return shop.client.post("/api/v1/me/leads/", text.encode(), content_type=content_type, headers=headers)


def test_no_parameter_of_a_write_is_passed_over(shop: Caller) -> None:
    """Whoever tries a deletion with one of their own making has deleted nothing."""
    draft = shop.send("POST", "me/leads/", offer(publish=False)).json()
    path = f"me/leads/{draft['id']}/"
    before = Lead.objects.values().get()

    answers = [
        shop.send("DELETE", f"{path}?dry_run=1"),
        shop.send("PATCH", f"{path}?dry_run=1", {"title": "Arabica"}),
        shop.send("POST", f"{path}publish/?dry_run=1"),
        shop.send("POST", "me/leads/?dry_run=1", offer()),
    ]

    assert [(kind_of(one), list(faults(one))) for one in answers] == [((400, "bad-parameters"), ["dry_run"])] * 4
    assert Lead.objects.values().get() == before


def test_a_call_that_happens_once_knows_no_parameters_either(shop: Caller) -> None:
    """And does not remember the refused one."""
    refused = shop.send("POST", "me/leads/?dry_run=1", offer(), headers={"Idempotency-Key": "order-7"})

    assert (refused.status_code, leads(), IdempotentCall.objects.count()) == (400, [], 0)


def test_a_webhook_is_not_deleted_past_a_parameter() -> None:
    caller = partner_caller()
    path = f"webhooks/{caller.send('POST', 'webhooks/', {'url': 'https://hooks.example.com/'}).json()['id']}/"

    answers = [caller.send("DELETE", f"{path}?x=1"), caller.send("POST", f"{path}secret/?x=1")]

    assert [one.status_code for one in answers] == [400, 400]
    assert Webhook.objects.values_list("previous_until", flat=True).get() is None


def test_a_list_with_too_many_items_is_not_looked_into(shop: Caller) -> None:
    """One error, however much is wrong inside."""
    answer = shop.send("POST", "me/leads/", offer(price_tiers=[{"price": "x"}] * 20_000))

    assert kind_of(answer) == (422, "bad-body")
    assert faults(answer) == {"price_tiers": "takes 6 items at most; there are 20000."}
    assert (len(answer.content) < SMALL, leads()) == (True, [])


def test_an_answer_names_so_many_errors_and_says_that_there_are_more(shop: Caller) -> None:
    """And once what is known."""
    answer = shop.send("POST", "me/leads/", offer(**{f"colour{number}": "green" for number in range(10_000)}))

    assert kind_of(answer) == (422, "bad-body")
    assert (len(faults(answer)), answer.text.count("Known are")) == (MOST_FAULTS, 2)  # in `errors` and in `detail`
    assert answer.json()["detail"].endswith(f"There are more errors; these are the first {MOST_FAULTS}.")
    assert (len(answer.content) < SMALL, leads()) == (True, [])


def test_of_a_name_as_long_as_the_body_its_beginning_is_repeated(shop: Caller) -> None:
    answer = shop.send("POST", "me/leads/", offer(**{"x" * 500_000: 1, "condition": "y" * 300_000}))

    assert (answer.status_code, len(answer.content) < SMALL, leads()) == (422, True, [])


def test_of_a_media_type_too(shop: Caller) -> None:
    """What would do instead is said all the same."""
    answer = send_text(shop, "{}", f"application/{'y' * 5_000}")

    assert (kind_of(answer), leads()) == ((415, "unsupported-media-type"), [])
    assert (len(answer.content) < 600, answer.json()["detail"].endswith("Send Content-Type: application/json.")) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"title": "Arabica", "title": "Robusta"}', "The member “title” stands more than once in an object."),
        (
            '{"price_tiers": [{"price": "1", "price": "2", "min_quantity": "1"}]}',
            "The member “price” stands more than once in an object.",
        ),
        (f'{{"quantity": {"9" * 5_000}}}', "It is no JSON: A number in it has more than 100 digits."),
    ],
)
def test_what_readers_of_json_take_in_different_ways_is_refused(shop: Caller, text: str, told: str) -> None:
    answer = send_text(shop, text)

    assert (kind_of(answer), answer.json()["detail"], leads()) == ((400, "bad-request"), told, [])


def test_what_is_no_object_is_told_in_a_sentence(shop: Caller) -> None:
    answer = shop.send("POST", "me/leads/", [offer()])

    assert (kind_of(answer), answer.json()["detail"]) == ((422, "bad-body"), "The body must be an object.")
    assert leads() == []


def test_a_form_that_is_not_taken_is_told_with_one_that_is(shop: Caller) -> None:
    sent = send_text(shop, "title=Robusta", "application/x-www-form-urlencoded")
    asked = partner_caller().get("export/leads.ndjson", headers={"Accept": "text/csv"})
    named = partner_caller().get("export/offers.ndjson")

    assert kind_of(sent) == (415, "unsupported-media-type")
    assert sent.json()["detail"].endswith("Send Content-Type: application/json.")
    assert kind_of(asked) == (406, "not-acceptable")
    assert asked.json()["detail"] == "Ask for application/json or application/x-ndjson, or leave the header Accept out."
    assert kind_of(named) == (404, "not-found")
    assert named.json()["detail"] == "There is no export of “offers”. There are: leads, companies, categories."
    assert leads() == []
