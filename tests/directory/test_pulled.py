"""Programs are told about a company what its page says."""

import json
from datetime import timedelta
from typing import Any

import pytest

from directory.models import Company
from directory.pulled import COMPANIES
from directory.selectors.trust import claim_lines
from tests.factories import NOW, CompanyFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def claims_of(company: Company) -> list[dict[str, Any]]:
    """As the API writes them."""
    found = json.loads(COMPANIES.of_keys([company.slug], now=NOW)[company.slug])["verifications"]
    assert isinstance(found, list)
    return found


def test_of_each_claim_the_latest_check_counts() -> None:
    """Also where it has lapsed, and an earlier one would still hold."""
    company, day = CompanyFactory(), timedelta(days=1)
    for claim, ago, lasts in (
        ("identity", 300, 400),
        ("identity", 100, 50),
        ("address", 30, 365),
        ("address", 90, 365),
    ):
        checked = NOW - ago * day
        VerificationFactory(company=company, claim=claim, checked_at=checked, valid_until=checked + lasts * day)
    told = [(one["claim"], one["checked_at"][:10], one["valid_until"][:10]) for one in claims_of(company)]
    shown = [one for one in claim_lines(company.verifications.all(), at=NOW) if one.state != "none"]

    assert told == [
        ("address", f"{NOW - 30 * day:%Y-%m-%d}", f"{NOW + 335 * day:%Y-%m-%d}"),
        ("identity", f"{NOW - 100 * day:%Y-%m-%d}", f"{NOW - 50 * day:%Y-%m-%d}"),
    ]
    assert [(one.label, one.state) for one in shown] == [("Identity", "lapsed"), ("Address", "current")]


def test_who_was_checked_for_nothing_has_no_claims() -> None:
    VerificationFactory()  # of somebody else

    assert claims_of(CompanyFactory()) == []
