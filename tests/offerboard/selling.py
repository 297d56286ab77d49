"""A company's own program, and what it sends about a lead."""

from typing import Any

from directory.models import Company
from offerboard.models import Lead
from tests.factories import CategoryFactory
from tests.partners.calling import Caller


def company_of(shop: Caller) -> Company:
    """The company for which its key acts."""
    return Company.objects.get(keys__key=shop.key)


def offer(**more: Any) -> dict[str, Any]:
    """A whole sell offer."""
    return {
        "kind": "sell_offer",
        "title": "Robusta S18",
        "description": "Washed and polished.",
        "category": CategoryFactory().slug,
        "origin": "VN",
        "quantity": "96",
        "unit": "TNE",
        "price": "4180.50",
        "currency": "USD",
        "incoterm": "FOB",
        "place": "Hồ Chí Minh City",
        **more,
    }


def leads() -> list[tuple[str, str]]:
    """Title and state of all leads, in the order in which they were made."""
    return list(Lead.objects.order_by("pk").values_list("title", "state"))


def kind_of(answer: Any) -> tuple[int, str]:
    """Status and kind of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition("#")[2]


def faults(answer: Any) -> dict[str, str]:
    """What a problem says of each member of the body."""
    return {one["name"]: one["detail"] for one in answer.json()["errors"]}
