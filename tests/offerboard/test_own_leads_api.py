"""A member's program posts and changes the leads of its company, by the rules of the website."""

from typing import Any

import pytest

from accounts.models import Member
from directory.models import TeamMember
from offerboard.models import Lead, PriceTier
from tests.factories import LeadFactory, MemberFactory
from tests.offerboard.selling import company_of, leads, offer
from tests.partners.calling import Caller, member_caller, partner_caller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


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


def test_contact_details_in_free_text_are_masked(shop: Caller) -> None:
    """As on the website."""
    made = shop.send("POST", "me/leads/", offer(description="Write to sales@firm.example")).json()

    assert "sales@firm.example" not in made["description"]
    assert (Member.objects.filter(leads__slug=made["id"]).count(), PriceTier.objects.count()) == (1, 0)
