"""Queries that are written once."""

from datetime import timedelta
from typing import Any

import pytest

from directory.models import Company, Verification
from directory.prepared import AT, KEY, KEYS, AnyOf, Prepared
from tests.factories import NOW, CompanyFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def test_it_finds_what_the_query_finds_with_each_time_other_values(django_assert_num_queries: Any) -> None:
    query = Prepared(
        lambda: Verification.objects.current(at=AT).filter(company=KEY).order_by("pk").values_list("pk", "checked_at")
    )
    mine, lapsed, other = VerificationFactory(), VerificationFactory(), VerificationFactory()
    Verification.objects.filter(pk=lapsed.pk).update(company=mine.company, valid_until=NOW)

    with django_assert_num_queries(3):
        now = query.rows({AT: NOW, KEY: mine.company_id})
        before = query.rows({AT: NOW - timedelta(seconds=1), KEY: mine.company_id})
        others = query.rows({AT: NOW, KEY: other.company_id})

    assert now == [(mine.pk, mine.checked_at)]
    assert [pk for pk, _checked in before] == [mine.pk, lapsed.pk]
    assert [pk for pk, _checked in others] == [other.pk]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_list_of_keys_may_have_any_length(number: int) -> None:
    query = Prepared(lambda: Company.objects.filter(AnyOf("pk")).order_by("pk").values_list("pk"))
    companies = CompanyFactory.create_batch(3)[:number]

    assert query.rows({KEYS: [company.pk for company in companies]}) == [(company.pk,) for company in companies]
