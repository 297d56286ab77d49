"""The counts that pages show instead of counting."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from directory.models import Company
from offerboard.models import Lead, LeadCount, LeadRange
from offerboard.services.counting import refresh_counts
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db


def counts(**wanted: Any) -> list[tuple[Any, ...]]:
    """The rows as kind, category, country, leads, companies."""
    rows = LeadCount.objects.filter(**wanted).values_list("kind", "category__slug", "country", "leads", "companies")
    return sorted(rows, key=str)


def by_hand() -> dict[tuple[str, str | None, str], tuple[int, int]]:
    """The same cube, counted one lead after the other."""
    found: dict[tuple[str, str | None, str], list[int]] = {}
    for lead in Lead.objects.public(at=NOW).select_related("category__parent"):
        places: Iterable[str | None] = {None, lead.category.slug, (lead.category.parent or lead.category).slug}  # type: ignore[union-attr]
        for place in places:
            for kind in ("", lead.kind):
                for country in ("", str(lead.country)):
                    found.setdefault((kind, place, country), []).append(lead.company_id)
    return {key: (len(companies), len(set(companies))) for key, companies in found.items()}


def test_every_question_has_its_own_row() -> None:
    food, metals = TopCategoryFactory(slug="foods"), TopCategoryFactory(slug="metal-ores")
    coffee, tea = CategoryFactory(slug="raw-coffee", parent=food), CategoryFactory(slug="white-tea", parent=food)
    viet, kenya = CompanyFactory(country="VN"), CompanyFactory(country="KE")
    for company, category, kind in [
        (viet, coffee, "sell_offer"),
        (viet, coffee, "sell_offer"),
        (viet, tea, "buy_inquiry"),
        (kenya, tea, "sell_offer"),
        (kenya, metals, "sell_offer"),  # filed under a branch itself
    ]:
        LeadFactory(company=company, category=category, kind=kind)
    LeadFactory(category=coffee, state="draft")
    LeadFactory(category=coffee, company=CompanyFactory(state=Company.State.SUSPENDED))

    assert refresh_counts(now=NOW)

    assert {(row[0], row[1], row[2]): row[3:] for row in counts()} == by_hand()
    assert counts(category=food, country="", kind="") == [("", "foods", "", 4, 2)]  # each company once
    assert counts(category=food, kind="sell_offer") == [
        ("sell_offer", "foods", "", 3, 2),
        ("sell_offer", "foods", "KE", 1, 1),
        ("sell_offer", "foods", "VN", 2, 1),
    ]


def places() -> dict[int, str]:
    """Where each row lies on the disk; a row that is written anew moves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ctid::text FROM offerboard_leadcount")
        return dict(cursor.fetchall())


def test_a_second_count_follows_the_market_and_writes_only_what_changed() -> None:
    gone, stays = LeadFactory(), LeadFactory()
    refresh_counts(now=NOW)
    before = places()
    Lead.objects.filter(pk=gone.pk).update(state="paused")

    refresh_counts(now=NOW)

    untouched = set(LeadCount.objects.filter(category=stays.category).values_list("pk", flat=True))
    assert not LeadCount.objects.filter(category=gone.category).exists()
    assert {pk: place for pk, place in places().items() if pk in untouched} == {pk: before[pk] for pk in untouched}
    assert counts(category=None, kind="", country="") == [("", None, "", 1, 1)]
    assert {(row[0], row[1], row[2]): row[3:] for row in counts()} == by_hand()


def test_an_empty_market_has_no_counts() -> None:
    LeadFactory()
    refresh_counts(now=NOW)
    assert LeadCount.objects.exists()

    refresh_counts(now=NOW + timedelta(days=400))

    assert (counts(), LeadRange.objects.count()) == ([], 0)


def test_counting_leaves_the_callers_patience_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '7s'")
        refresh_counts(now=NOW)
        cursor.execute("SHOW statement_timeout")

        assert cursor.fetchone() == ("7s",)


def test_ranges_of_leads_are_noted_with_their_last_change() -> None:
    for number in (1, 2, LeadRange.WIDTH + 5, 4 * LeadRange.WIDTH):
        LeadFactory(pk=number)
    Lead.objects.filter(pk=2).update(updated_at=NOW)
    Lead.objects.filter(pk=4 * LeadRange.WIDTH).update(state="closed")

    refresh_counts(now=NOW)

    posted = Lead.objects.get(pk=1).posted_at
    assert dict(LeadRange.objects.values_list("number", "changed_at")) == {0: NOW, 1: posted}
