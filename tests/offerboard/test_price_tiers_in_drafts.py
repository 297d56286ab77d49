"""Prices by quantity in a draft: one wrong row costs no other row; and none asks for more than is offered."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from directory.models import TeamMember
from offerboard.models import Lead, PriceTier
from tests.factories import NOW, CompanyFactory, MemberFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
NEW = "/leads/new/"
AGAIN = "Correct what is marked, then press the button again."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(MemberFactory(company=CompanyFactory(), role=TeamMember.Role.EDITOR))
    return client


def steps(*pairs: tuple[str, str]) -> dict[str, list[str]]:
    """What the rows of prices send."""
    return {"tiers_quantity": [pair[0] for pair in pairs], "tiers_price": [pair[1] for pair in pairs]}


def stored() -> list[tuple[Decimal | int, Decimal | int]]:
    return [(tier.min_quantity, tier.price) for tier in PriceTier.objects.order_by("lead", "place")]


@pytest.mark.parametrize("action", ["publish", "draft", "preview"])
@pytest.mark.parametrize(
    ("rows", "kept", "unsaved"),
    [
        ([("10", "4180"), ("many", "4100"), ("50", "4060")], [(10, 4180), (50, 4060)], True),
        ([("10", "4180"), ("20", ""), ("50", "4060")], [(10, 4180), (50, 4060)], True),
        ([("10", "4180"), ("10", "4100"), ("50", "4060")], [(10, 4180), (50, 4060)], True),
        ([("50", "4060"), ("10", "4000")], [(10, 4000), (50, 4060)], False),
        ([(str(n), "4180") for n in range(1, 8)], [(n, 4180) for n in range(1, 7)], True),
    ],
)
def test_a_wrong_row_costs_no_other_row(
    browser: Client, action: str, rows: list[tuple[str, str]], kept: list[tuple[int, int]], unsaved: bool
) -> None:
    response = browser.post(NEW, filled(action=action, price="4180", **steps(*rows)))

    assert [lead.state for lead in Lead.objects.all()] == ["draft"]
    assert stored() == kept
    said = "Saved as a draft. Not saved yet: Prices by quantity (in part)." if unsaved else "Saved as a draft."
    assert response.context["kept"] == f"{said} {AGAIN}"


def test_rows_of_which_none_can_be_read_are_all_unsaved(browser: Client) -> None:
    response = browser.post(NEW, filled(**steps(("many", "4180"))))

    assert (stored(), response.context["kept"]) == ([], f"Saved as a draft. Not saved yet: Prices by quantity. {AGAIN}")


def test_a_price_for_more_than_is_offered_is_refused_in_its_row(browser: Client) -> None:
    rows = steps(("80", "4000"), ("", ""), ("10", "4180"), ("19.2", "4100"))

    response = browser.post(NEW, filled(quantity="19.2", price="4180", **rows))

    assert response.context["form"].errors == {
        "tiers": ["Row 1: You offer 19.2 t; this price is for 80 t and more."],
    }
    assert list(Lead.objects.public(at=NOW)) == []
    assert stored() == [(10, 4180), (Decimal("19.2"), 4100), (80, 4000)]
    assert response.context["kept"] == f"Saved as a draft. {AGAIN}"


def test_a_draft_with_such_a_price_is_asked_about_it_when_it_is_published(browser: Client) -> None:
    browser.post(NEW, filled(action="draft", quantity="19.2", price="4180", **steps(("10", "4180"), ("80", "4000"))))
    draft = Lead.objects.get()

    browser.post(reverse("offerboard:publish", args=[draft.slug]))
    form: Any = browser.get(reverse("offerboard:edit", args=[draft.slug]) + "?check").context["form"]

    assert [lead.state for lead in Lead.objects.all()] == ["draft"]
    assert form.errors == {"tiers": ["Row 2: You offer 19.2 t; this price is for 80 t and more."]}


def test_a_stated_quantity_has_its_label_beside_the_price(browser: Client) -> None:
    browser.post(NEW, filled(quantity="19.2"))

    page = Client().get(Lead.objects.public(at=NOW).get().get_absolute_url()).content.decode()

    assert '<p class="small muted mt-2 mb-3">Quantity 19.2 t · L/C at sight</p>' in page
