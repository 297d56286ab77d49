"""A program and somebody else change one lead of a company; drafts go, and what was posted stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from offerboard.models import Lead
from tests.factories import NOW, LeadFactory
from tests.offerboard.selling import company_of, kind_of, leads, offer
from tests.partners.calling import Caller
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("publish", [True, False])
def test_of_two_that_overlap_the_second_is_told_and_can_send_it_again(shop: Caller, publish: bool) -> None:
    """They change different fields: while one has not committed yet, the other reads the lead as it was before."""
    made = shop.send("POST", "me/leads/", offer(publish=publish)).json()
    path = f"me/leads/{made['id']}/"

    def call() -> Any:
        try:
            return shop.send("PATCH", path, {"title": "Arabica"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Lead.objects.update(quantity=48, updated_at=NOW + timedelta(seconds=1))
            second = pool.submit(call)
            wait_for(second)
        refused, between = second.result(120), shop.get(path).json()
    again = shop.send("PATCH", path, {"title": "Arabica"})

    assert kind_of(refused) == (409, "changed-meanwhile")
    assert (between["title"], between["quantity"]) == ("Robusta S18", "48")
    assert (again.json()["title"], again.json()["quantity"]) == ("Arabica", "48")


def test_a_change_can_depend_on_what_was_read(shop: Caller, clock: Any) -> None:
    """The answer to a change has the tag for the next one."""
    made = shop.send("POST", "me/leads/", offer()).json()
    path = f"me/leads/{made['id']}/"
    read = shop.get(path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]

    clock.shift(1)
    first = shop.send("PATCH", path, {"quantity": "48"}, headers={"If-Match": read})
    late = [
        shop.send("PATCH", path, {"title": "Arabica"}, headers={"If-Match": read}),
        shop.send("POST", f"{path}close/", headers={"If-Match": read}),
        shop.send("DELETE", path, headers={"If-Match": f"W/{first.headers['ETag']}"}),
    ]
    unchanged = leads()
    second = shop.send("PATCH", path, {"title": "Arabica"}, headers={"If-Match": first.headers["ETag"]})

    assert [kind_of(one) for one in late] == [(412, "not-as-read")] * 3
    assert (first.status_code, unchanged) == (200, [("Robusta S18", "published")])
    assert (second.status_code, leads()) == (200, [("Arabica", "published")])
    assert shop.get(path).headers["ETag"] == second.headers["ETag"]
    assert shop.send("PATCH", path, {"title": "Liberica"}, headers={"If-Match": "*"}).status_code == 200


OVERLAPPING = {
    "DELETE": ("draft", ""),
    "PATCH": ("published", ""),
    **{step: (state, f"{step}/") for step, state in (("publish", "draft"), ("pause", "published"))},
    **{step: (state, f"{step}/") for step, state in (("resume", "paused"), ("renew", "published"))},
    "close": ("published", "close/"),
}


@pytest.mark.parametrize("what", OVERLAPPING)
def test_what_depends_on_a_reading_is_not_done_to_what_is_saved_after_the_look_at_the_tag(
    shop: Caller, what: str
) -> None:
    """A colleague has not committed yet when the program's call compares the tag."""
    state, step = OVERLAPPING[what]
    path = f"me/leads/{shop.send('POST', 'me/leads/', offer()).json()['id']}/"
    Lead.objects.update(state=state)
    headers = {"If-Match": shop.get(path).headers["ETag"]}

    def call() -> Any:
        try:
            method = what if what.isupper() else "POST"
            return shop.send(method, path + step, {"place": "Saigon"} if what == "PATCH" else None, headers=headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Lead.objects.update(title="A colleague’s", updated_at=NOW + timedelta(seconds=1))
            second = pool.submit(call)
            wait_for(second)
        refused = second.result(120)

    assert kind_of(refused) == (412, "not-as-read")
    assert leads() == [("A colleague’s", state)]


def test_who_changes_something_is_never_told_that_they_have_it_already(shop: Caller) -> None:
    """If-None-Match is for reading."""
    made = shop.send("POST", "me/leads/", offer()).json()
    path = f"me/leads/{made['id']}/"
    tag = shop.get(path).headers["ETag"]

    answers = [
        shop.get(path, headers={"If-None-Match": tag}),
        shop.send("PATCH", path, {}, headers={"If-None-Match": tag}),
    ]

    assert [one.status_code for one in answers] == [304, 200]


def test_a_draft_is_deleted_and_not_closed(shop: Caller) -> None:
    draft = shop.send("POST", "me/leads/", offer(publish=False)).json()
    path = f"me/leads/{draft['id']}/"

    closed = shop.send("POST", f"{path}close/")
    between = leads()
    answers = [shop.send("DELETE", path), shop.send("DELETE", path), shop.get(path)]

    assert (kind_of(closed), between) == ((409, "not-in-this-state"), [("Robusta S18", "draft")])
    assert closed.json()["detail"] == "This lead is a draft, which nobody else has seen. Delete it instead."
    assert ([one.status_code for one in answers], leads()) == ([204, 404, 404], [])


def test_what_was_posted_is_closed_and_not_deleted(shop: Caller) -> None:
    """In whatever state it is."""
    states = [state for state in Lead.State.values if state != Lead.State.DRAFT]
    made = [LeadFactory(company=company_of(shop), state=state, rejection="No.") for state in states]
    before = leads()

    answers = [shop.send("DELETE", f"me/leads/{lead.slug}/") for lead in made]

    assert [kind_of(one) for one in answers] == [(409, "not-in-this-state")] * len(states)
    assert answers[0].json()["detail"].endswith(f"POST /api/v1/me/leads/{made[0].slug}/close/")
    assert leads() == before


def test_a_draft_of_another_company_is_not_deleted(shop: Caller) -> None:
    other = LeadFactory(state="draft", title="Of others")

    assert shop.send("DELETE", f"me/leads/{other.slug}/").status_code == 404
    assert leads() == [("Of others", "draft")]
