"""The database keeps one narrow entry for each lead on the board, whoever changes the lead."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from offerboard import periodic
from offerboard.models import BoardEntry, Lead
from offerboard.search import Filters, search
from offerboard.services import lead_states
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory

pytestmark = pytest.mark.django_db
COPIED = (
    *("lead_id", "rank", "posted_at", "expires_at", "company_id", "category_id", "kind", "country"),
    *("condition", "incoterm", "currency", "price", "quantity"),
)


def entries() -> list[tuple[Any, ...]]:
    """All entries with their documents, in the order of their leads."""
    return list(BoardEntry.objects.order_by("lead_id").values_list(*COPIED, "search"))


def made_anew() -> list[tuple[Any, ...]]:
    """What the leads themselves say the entries should be."""
    columns = ", ".join("id" if name == "lead_id" else name for name in COPIED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, lead_document(title, brand, model, description, kind, country, category_path, "  # noqa: S608
            "company_id, hs_code, currency, unit, condition, incoterm, rank) FROM offerboard_lead "
            "WHERE state = 'published' AND holds = '{}' ORDER BY id"
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@pytest.mark.parametrize("state", Lead.State.values)
@pytest.mark.parametrize("holds", [[], ["moderation"]])
def test_a_lead_has_an_entry_while_it_is_published_and_nobody_hides_it(state: str, holds: list[str]) -> None:
    new = LeadFactory(state=state, holds=holds, rejection="Why")
    changed = LeadFactory()
    Lead.objects.filter(pk=changed.pk).update(state=state, holds=holds, rejection="Why")

    expected = [new.pk, changed.pk] if state == "published" and not holds else []

    assert list(BoardEntry.objects.order_by("pk").values_list("pk", flat=True)) == expected


def test_the_entry_follows_whatever_changes_the_lead() -> None:
    """A hundred changes at random, to some of the leads at a time, as services, the admin and imports make them."""
    chance = Random(3)  # noqa: S311  # the same changes each time
    LeadFactory.create_batch(12)
    shelf, firm = CategoryFactory(), CompanyFactory()
    changes: list[dict[str, Any]] = [
        {"title": "Copper cathodes"},
        {"description": "LME grade A."},
        {"brand": "Codelco"},
        {"model": "4N"},
        {"kind": "buy_inquiry"},
        {"country": "CL"},
        {"category": shelf, "category_path": shelf.path},
        {"company": firm},
        {"hs_code": "740311"},
        {"currency": "EUR", "price": Decimal("9.5")},
        {"quantity": Decimal(77)},
        {"unit": "KGM"},
        {"condition": "new"},
        {"incoterm": "FOB", "place": "Arica"},
        {"expires_at": NOW + timedelta(days=99)},
        {"posted_at": NOW - timedelta(minutes=3)},
        {"state": "paused"},
        {"state": "published"},
        {"holds": ["member"]},
        {"holds": []},
    ]
    leads = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    numbers = set()
    for rank in range(2 * 10**9, 2 * 10**9 + 100):
        Lead.objects.filter(pk__in=chance.sample(leads, 3)).update(**chance.choice(changes))
        Lead.objects.filter(pk=chance.choice(leads)).update(rank=rank)

        assert entries() == made_anew()
        numbers.add(len(entries()))
    assert len(numbers) > 3  # leads left the board and came back


@pytest.mark.parametrize("change", [{"updated_at": NOW}, {"packaging": "Drums"}, {"renewals": 3}, {"holds": []}])
def test_what_the_board_does_not_show_leaves_the_entry_as_it_is(change: dict[str, Any]) -> None:
    lead = LeadFactory()
    versions = "SELECT xmin, ctid FROM offerboard_boardentry"
    with connection.cursor() as cursor:
        cursor.execute(versions)
        before = cursor.fetchall()
        Lead.objects.filter(pk=lead.pk).update(**change)
        cursor.execute(versions)

        assert cursor.fetchall() == before


def test_a_deleted_lead_takes_its_entry_along() -> None:
    staying, going = LeadFactory(), LeadFactory()

    going.delete()

    assert [entry.pk for entry in BoardEntry.objects.all()] == [staying.pk]


def test_rows_are_narrow_however_much_is_written() -> None:
    """Searches read thousands of them: some thirty share a page of the table, with documents of a thousand bytes."""
    company, category = CompanyFactory(), CategoryFactory()
    words = " ".join(f"word{n}" for n in range(80))
    leads = LeadFactory.build_batch(200, company=company, category=category, description=words)
    for rank, lead in enumerate(leads, start=1):
        lead.rank, lead.category_path = rank, category.path
    Lead.objects.bulk_create(leads)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT (ctid::text::point)[0]) FROM offerboard_boardentry")
        [(pages,)] = cursor.fetchall()

    assert pages <= 8
    assert search(Filters(words="word60"), now=NOW).count == 200


def test_the_sweep_removes_the_expired_alone_and_a_renewal_brings_one_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lead_states, "CLEARED_AT_ONCE", 2)
    staying = LeadFactory(expires_at=NOW + timedelta(seconds=1))
    expired = [LeadFactory(posted_at=NOW - timedelta(days=30), expires_at=NOW) for _ in range(5)]

    assert lead_states.clear_board(now=NOW) == 5
    assert [entry.pk for entry in BoardEntry.objects.all()] == [staying.pk]

    lead_states.renew_lead(lead=expired[0], now=NOW)

    assert search(Filters(), now=NOW).ids == [expired[0].pk, staying.pk]
    assert lead_states.clear_board(now=NOW) == 0


def test_beat_clears_the_board() -> None:
    LeadFactory(posted_at=NOW - timedelta(days=900), expires_at=NOW - timedelta(days=800))

    periodic.clear_board()

    assert not BoardEntry.objects.exists()
    assert Lead.objects.count() == 1  # the lead itself may be renewed


def test_the_trigger_plans_its_join_anew_for_each_statement() -> None:
    """A plan that is kept since one lead changed compares each of thousands with each: minutes for a company.

    What a plan costs shows in no result, so this reads how the function is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'keep_board_of_changed_leads'")
        [(written,)] = cursor.fetchall()

    assert written.index("EXECUTE '") < written.index("JOIN old_leads")


def test_sql_by_hand_may_delete_leads_and_swap_their_places() -> None:
    one, other, going = LeadFactory(rank=1), LeadFactory(rank=2), LeadFactory(rank=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offerboard_lead SET rank = 3 - rank WHERE rank < 3")
        cursor.execute("DELETE FROM offerboard_lead WHERE id = %s", [going.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert list(BoardEntry.objects.newest_first().values_list("pk", "rank")) == [(one.pk, 2), (other.pk, 1)]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_leaves_an_entry_that_somebody_holds_to_the_next_one() -> None:
    held, _free = (LeadFactory(posted_at=NOW - timedelta(days=30), expires_at=NOW) for _ in range(2))
    swept: list[int] = []

    def clear() -> None:
        swept.append(lead_states.clear_board(now=NOW))
        connection.close()

    with transaction.atomic():
        BoardEntry.objects.select_for_update().get(pk=held.pk)
        sweep = Thread(target=clear)
        sweep.start()
        sweep.join()

    assert (swept, [entry.pk for entry in BoardEntry.objects.all()]) == ([1], [held.pk])
