"""Importing a file: what becomes of its rows."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from offerboard import tasks
from offerboard.importing import insert, running
from offerboard.importing.insert import insert_leads, lead_row
from offerboard.models import Lead, LeadImport, LeadRevision, RefusedRow
from offerboard.selectors.imports import import_page
from offerboard.services import imports as services
from offerboard.services import lead_states
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
)
from tests.offerboard.importing import coffee, command, queued, table

pytestmark = pytest.mark.django_db


def test_good_rows_become_public_leads_and_the_others_are_reported_by_line_column_and_reason() -> None:
    rows = [
        ["no", "title", "text", "price"],
        ["1", "Robusta", "Washed.\nPolished.", "4180.50"],
        ["2", "", "Nameless.", "10"],
        ["3", "Arabica", "Washed.", "cheap"],
        ["", "Liberica", "Without a number.", ""],
        ["5", "Excelsa", "On request.", ""],
    ]
    job = queued(table(*rows))
    before = timezone.now()

    tasks.go_on_importing(import_id=str(job.pk))

    job.refresh_from_db()
    leads = list(Lead.objects.order_by("rank"))
    assert (job.state, job.rows_read, job.imported, job.repeated, job.refused) == ("done", 5, 2, 0, 3)
    assert [(lead.title, lead.price, lead.currency) for lead in leads] == [
        ("Robusta", pytest.approx(4180.5), "USD"),
        ("Excelsa", None, ""),
    ]
    assert [lead.is_public(at=timezone.now()) for lead in leads] == [True, True]
    assert [revision.facts["title"] for revision in LeadRevision.objects.order_by("lead")] == ["Robusta", "Excelsa"]
    assert all(lead.posted_at and lead.posted_at >= before for lead in leads)
    assert all(lead.expires_at == lead.posted_at + timedelta(days=30) for lead in leads if lead.posted_at)
    assert {lead.posted_by for lead in leads} == {job.member}
    assert {(lead.country.code, tuple(lead.category_path)) for lead in leads} == {
        (job.company.country.code, tuple(leads[0].category.path if leads[0].category else ()))
    }
    assert [(row.line, row.columns, row.reasons) for row in RefusedRow.objects.order_by("line")] == [
        (4, ["title"], ["Empty."]),
        (5, ["price"], ["“cheap” is not a number."]),
        (6, ["no"], ["Empty. Without it, a second import would repeat the row."]),
    ]


def test_a_title_of_signs_that_nobody_sees_is_none_and_the_other_rows_come_in() -> None:
    rows = coffee(3)
    rows[2][1] = "\u200b\u2060 \ufeff"
    rows[3][1] = "\u200bRobusta"
    job = queued(table(*rows))

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.refused) == ("done", 2, 1)
    assert [(row.columns, row.reasons) for row in RefusedRow.objects.all()] == [(["title"], ["Empty."])]
    assert [lead.title for lead in Lead.objects.order_by("rank")] == ["Coffee 1", "Robusta"]


def test_running_the_same_file_again_repeats_nothing_even_if_a_row_has_changed() -> None:
    first = queued(table(*coffee(3)))
    running.go_on(first.pk)
    LeadFactory(company=first.company)
    changed = coffee(4)
    changed[1][1] = "Another title"

    again = queued(table(*changed), company=first.company)
    running.go_on(again.pk)

    again.refresh_from_db()
    assert (again.imported, again.repeated, again.refused) == (1, 3, 0)
    assert Lead.objects.filter(title="Another title").count() == 0
    assert Lead.objects.count() == 5


def test_two_companies_may_use_the_same_keys() -> None:
    for _company in range(2):
        running.go_on(queued(table(*coffee(2))).pk)

    assert Lead.objects.count() == 4


def test_the_database_itself_refuses_a_second_lead_with_the_key() -> None:
    """Whoever inserts it, and however."""
    job = queued(table(*coffee(1)))
    running.go_on(job.pk)
    lead = Lead.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        LeadFactory(company=job.company, submission=lead.submission)


def test_without_a_key_the_whole_row_is_one() -> None:
    rows = coffee(2)
    job = queued(table(*rows, rows[1]), key="")

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.imported, job.repeated) == (2, 1)


def test_rows_that_differ_only_in_columns_nobody_uses_are_one_lead_and_the_report_names_the_first(
    monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    rows = [
        ["title", "lot", "text", "price"],
        ["Robusta", "A", "Washed.", "4180"],
        ["Robusta", "B", "Washed.", "4180"],
        ["Robusta", "A", "Washed.", "4180"],
        ["Robusta", "C", "Washed.", "4190"],
        ["Robusta ", "D", "Washed.", "4190"],
        ["Robusta", "E", "Washed.", "cheap"],
    ]
    job = queued(table(*rows), key="")

    while running.go_on(job.pk, shift=0):  # each worker knows what those before it saw
        pass

    job.refresh_from_db()
    assert (job.state, job.imported, job.repeated, job.refused) == ("done", 2, 3, 1)
    assert list(Lead.objects.order_by("rank").values_list("price", flat=True)) == [4180, 4190]
    assert import_page(job).repeats == [("3", "2"), ("4", "2"), ("6", "5")]
    again = queued(table(*rows), company=job.company, key="")
    running.go_on(again.pk)
    again.refresh_from_db()
    assert (again.imported, again.repeated, again.refused) == (0, 5, 1)
    keyed = queued(table(*rows), key="lot")
    running.go_on(keyed.pk)
    keyed.refresh_from_db()
    assert (keyed.imported, keyed.repeated, keyed.seen_rows.count()) == (4, 1, 0)

    file, shelf = tmp_path / "coffee.csv", CategoryFactory()
    file.write_text(table(*rows))
    for more in (["--dry-run"], []):
        said = command(file, CompanyFactory(), "--set", f"category={shelf.slug}", "--key", "", *more)
        assert ("  2 imported" in said, "  3 imported before, or twice" in said) == (True, True)
    assert "line 6: says the same as line 5 in every column that is used" in said


def test_what_rows_said_is_forgotten_when_the_import_has_ended_and_repeats_with_the_refused_rows(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    monkeypatch.setattr(services, "FORGOTTEN_AT_ONCE", 2)
    rows = coffee(5)
    ended, going = queued(table(*rows, rows[1]), key=""), queued(table(*rows), key="")
    running.go_on(ended.pk)
    running.go_on(going.pk, shift=0)

    services.forget_old_files(now=NOW)

    assert [(row.line, row.first_line) for row in ended.seen_rows.all()] == [(7, 2)]
    assert going.seen_rows.count() == 2
    LeadImport.objects.filter(pk=ended.pk).update(ended_at=NOW)
    services.forget_old_files(now=NOW + LeadImport.KEPT + timedelta(seconds=1))
    assert ended.seen_rows.count() == 0


def test_where_leads_are_reviewed_first_imported_ones_wait(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    running.go_on(queued(table(*coffee(1))).pk)

    lead = Lead.objects.get()
    assert (lead.state, lead.posted_at, lead.rank) == ("pending", None, None)
    lead_states.approve_lead(lead=lead, now=timezone.now())
    assert lead.is_public(at=timezone.now())


@pytest.mark.promise("contact-details-masked")
def test_contact_details_are_hidden_and_long_titles_shortened_and_the_report_says_so() -> None:
    long = "Green coffee " * 15
    rows: list[list[Any]] = [*coffee(0), ["1", "Tea", "Write to tea@example.com", ""], ["2", long, "Washed.", ""]]
    job = queued(table(*rows))

    running.go_on(job.pk)

    job.refresh_from_db()
    tea, green = Lead.objects.order_by("rank")
    assert (tea.description, job.masked) == ("Write to [e-mail hidden]", 1)
    assert (len(green.title) <= 160, green.title[-8:], job.shortened) == (True, " coffee…", 1)
    assert green.description == f"{long.strip()}\n\nWashed."


def test_unknown_categories_go_to_the_fallback_and_are_listed() -> None:
    tea, other = CategoryFactory(name="Tea leaves of ours"), CategoryFactory()
    rows: list[list[Any]] = [
        ["no", "title", "text", "price", "group"],
        *(
            [n, "Leaves", "Dry.", "", group]
            for n, group in enumerate(["tea leaves  of OURS", "Thé", "Mate", "Mate", ""], start=1)
        ),
    ]
    job = queued(
        table(*rows),
        columns={"category": ["group"]},
        constants={"category": other.slug},
        categories={"Thé": tea.slug},
    )

    running.go_on(job.pk)

    job.refresh_from_db()
    assert [lead.category for lead in Lead.objects.order_by("rank")] == [tea, tea, other, other, other]
    assert (job.fallen, job.unknown_categories) == (2, {"Mate": 2})


def test_a_row_that_only_the_database_refuses_does_not_take_others_with_it(monkeypatch: Any) -> None:
    real = insert.document_of

    def broken(row: Any, **options: Any) -> Any:
        return real(row, **options) | ({"quantity": "-1"} if row.values["title"] == "Coffee 2" else {})

    monkeypatch.setattr(insert, "document_of", broken)
    job = queued(table(*coffee(5)))

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.imported, job.refused, RefusedRow.objects.get().line) == (4, 1, 3)


def test_an_address_that_is_taken_is_replaced(monkeypatch: Any) -> None:
    """Random parts repeat when a million leads have one title."""
    taken = LeadFactory()
    slugs = iter([taken.slug, "tea-1", "tea-2", "tea-3"])
    monkeypatch.setattr(insert, "public_slug", lambda _title, fallback: next(slugs))
    category = CategoryFactory()
    values: dict[str, Any] = {
        "kind": "buy_inquiry",
        "title": "Tea",
        "description": "Dry.",
        "quantity": "1",
        "unit": "KGM",
    }
    values |= {"category_id": category.pk, "category_path": category.path}
    rows = [lead_row(company_id=taken.company_id, key=str(n), values=values, fallback_slug="tea") for n in range(2)]

    inserted = insert_leads(
        rows, company=taken.company, member_id=None, language="en", state=Lead.State.PUBLISHED, now=NOW
    )

    assert len(inserted) == 2
    assert set(Lead.objects.exclude(pk=taken.pk).values_list("slug", flat=True)) == {"tea-1", "tea-2"}


def test_files_and_refused_rows_are_forgotten_after_thirty_days() -> None:
    old, new = queued(table(*coffee(1), ["", "", "", ""], ["2", "", "x", ""])), queued(table(*coffee(1)))
    running.go_on(old.pk)
    long_ago = NOW - timedelta(days=31)
    LeadImport.objects.filter(pk=old.pk).update(created_at=long_ago, ended_at=long_ago)
    LeadImport.objects.filter(pk=new.pk).update(created_at=NOW)
    storage, name = old.file.storage, old.file.name
    assert (storage.exists(name), RefusedRow.objects.count()) == (True, 1)

    services.forget_old_files(now=NOW)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.file.name, old.imported, RefusedRow.objects.count()) == ("", 1, 0)
    assert storage.exists(new.file.name)


def test_the_thirty_days_begin_when_the_import_has_ended_and_none_that_waits_loses_anything(
    monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    rows = coffee(3)
    rows[1][3] = "free"  # refused
    ended, going, waiting, never = (queued(table(*rows, rows[3]), key="") for _file in range(4))
    running.go_on(ended.pk)
    running.go_on(going.pk, shift=0)
    LeadImport.objects.filter(pk=ended.pk).update(ended_at=NOW - timedelta(days=29))
    LeadImport.objects.filter(pk=never.pk).update(state="uploaded")
    LeadImport.objects.update(created_at=NOW - timedelta(days=31))
    ended.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        services.forget_old_files(now=NOW)

    assert set(LeadImport.objects.all()) == {ended, going, waiting}
    there = [job.file.storage.exists(job.file.name) for job in (ended, going, waiting, never)]
    assert there == [True, True, True, False]
    assert [(job.refused_rows.count(), job.seen_rows.count()) for job in (ended, going)] == [(1, 1), (1, 1)]
    assert import_page(ended).kept_until == "23 Nov 2026"
    running.go_on(going.pk)
    going.refresh_from_db()
    assert (going.state, going.imported, going.repeated) == ("done", 2, 1)
