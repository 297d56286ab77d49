"""Importing a file: what becomes of its rows, and that a worker may die anywhere without losing or repeating one."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directory.models import Company
from directory.services import suspend_company
from offerboard import periodic, search, tasks
from offerboard.importing import insert, running
from offerboard.importing.exporting import export_rows
from offerboard.importing.insert import insert_leads, lead_row
from offerboard.importing.source import examine
from offerboard.models import Lead, LeadImport, LeadRevision, RefusedRow
from offerboard.selectors.imports import import_page
from offerboard.services import imports as services
from offerboard.services import lead_states
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    LeadImportFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db
NOTICES = Path(__file__).resolve().parents[3] / "shared" / "data" / "trade-leads-australia.csv"


def table(*rows: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def queued(text: str, company: Company | None = None, **mapping: Any) -> LeadImport:
    """A file whose columns are chosen and that was started."""
    company = company or CompanyFactory()
    job: LeadImport = LeadImportFactory(
        company=company,
        member=MemberFactory(company=company),
        text=text,
        shape=examine(io.BytesIO(text.encode())).as_json(),
        state="queued",
    )
    for part, said in mapping.items():
        job.mapping[part] = job.mapping[part] | said if isinstance(said, dict) else said
    job.save()
    return job


def coffee(n: int) -> list[list[Any]]:
    return [["no", "title", "text", "price"], *([i, f"Coffee {i}", "Washed.", 4000 + i] for i in range(1, n + 1))]


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
    services.forget_old_files(now=NOW + LeadImport.KEPT)
    assert ended.seen_rows.count() == 0


def test_an_import_left_behind_by_a_dead_worker_goes_on_behind_its_last_batch(monkeypatch: Any) -> None:
    """The worker dies in its second batch, after the leads and before the commit."""
    monkeypatch.setattr(running, "BATCH", 4)
    job = queued(table(*coffee(10)))
    real, calls = insert_leads, []

    def dies(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        inserted = real(*args, **kwargs)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return inserted

    monkeypatch.setattr(running, "insert_leads", dies)
    with pytest.raises(KeyboardInterrupt):
        running.go_on(job.pk)
    monkeypatch.setattr(running, "insert_leads", real)
    job.refresh_from_db()
    assert (job.state, job.rows_read, Lead.objects.count()) == ("running", 4, 4)

    assert running.go_on(job.pk) is False
    assert Lead.objects.count() == 4  # the lease still stands
    with time_machine.travel(timezone.now() + running.LEASE + timedelta(seconds=1)):
        running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.imported, job.repeated) == ("done", 10, 10, 0)
    assert Lead.objects.count() == 10


def test_a_worker_whose_lease_was_taken_stores_nothing_more() -> None:
    job = queued(table(*coffee(3)))
    mine = running.claim(job.pk, now=NOW)
    assert mine is not None
    theirs = running.claim(job.pk, now=NOW + running.LEASE + timedelta(seconds=1))
    assert theirs is not None

    with mine.file.open("rb") as file:
        assert running.run(mine, file) is False

    job.refresh_from_db()
    assert (job.state, job.rows_read, Lead.objects.count(), job.lease_until) == ("running", 0, 0, theirs.lease_until)


def test_after_its_shift_a_worker_hands_the_import_back(monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    job = queued(table(*coffee(5)))

    left = [running.go_on(job.pk, shift=0) for _shift in range(4)]

    job.refresh_from_db()
    assert (left, job.state, job.imported) == ([True, True, True, False], "done", 5)


def test_between_two_shifts_the_import_stays_the_companys_running_one_and_the_next_waits(monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    first = queued(table(*coffee(3)))
    second, other = queued(table(*coffee(1)), company=first.company), queued(table(*coffee(1)))
    woken: list[str] = []
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda *, kwargs, **_: woken.append(kwargs["import_id"]))

    assert running.go_on(first.pk, shift=0) is True
    assert running.go_on(second.pk, shift=0) is False
    second.refresh_from_db()
    assert (second.state, second.attempts, second.rows_read, Lead.objects.count()) == ("queued", 0, 0, 2)
    assert import_page(second).progress.startswith("It begins when “coffee.csv” is done")
    periodic.sweep_imports()
    assert sorted(woken) == sorted(str(job.pk) for job in (first, other))
    while running.go_on(first.pk, shift=0):
        pass
    running.go_on(second.pk)

    assert [job.state for job in LeadImport.objects.filter(company=first.company)] == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_take_two_files_of_a_company_at_once_one_gets_nothing() -> None:
    company = CompanyFactory()
    jobs = [queued(table(*coffee(1)), company=company) for _file in range(2)]
    together = Barrier(2)

    def take(job: LeadImport) -> bool:
        together.wait()
        try:
            return running.claim(job.pk, now=NOW) is not None
        finally:
            connection.close()

    for _round in range(10):
        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(take, jobs)) == [False, True]
        LeadImport.objects.update(state="queued", lease_until=None, attempts=0)


def test_the_database_itself_lets_one_import_of_a_company_run() -> None:
    job = LeadImportFactory(state="running", lease_until=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        LeadImportFactory(company=job.company, state="running", lease_until=NOW)


def test_the_command_waits_for_no_other_import_and_does_nothing_while_one_runs(tmp_path: Path) -> None:
    company, shelf, file = CompanyFactory(), CategoryFactory(), tmp_path / "coffee.csv"
    file.write_text(table(*coffee(1)))
    other = LeadImportFactory(company=company, state="running", lease_until=timezone.now() + timedelta(seconds=30))

    with pytest.raises(CommandError, match="Another import of this company runs"):
        command(file, company, "--set", f"category={shelf.slug}")
    assert (Lead.objects.count(), list(LeadImport.objects.all())) == (0, [other])
    LeadImport.objects.update(by_command=True, file="", lease_until=timezone.now())  # a command that was killed
    assert "1 imported" in command(file, company, "--set", f"category={shelf.slug}")
    other.refresh_from_db()
    assert other.state == "failed"


def test_a_company_imports_so_many_leads_a_day_and_the_rest_goes_on_the_next_day_by_itself(
    settings: Any, monkeypatch: Any
) -> None:
    settings.LEADS_PER_DAY = 4
    monkeypatch.setattr(running, "BATCH", 3)
    rows = coffee(11)
    rows[2][3], rows[4] = "free", rows[3]  # line 3 is refused, line 5 repeats line 4
    job, other = queued(table(*rows)), queued(table(*coffee(2)))
    second, woken = queued(table(*coffee(12)), company=job.company), []
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda *, kwargs, **_: woken.append(kwargs["import_id"]))
    days = []
    with time_machine.travel(NOW, tick=False) as clock:
        for at in (NOW, NOW, datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, 0, 0, 9, tzinfo=UTC)):
            clock.move_to(at)
            tasks.go_on_importing(import_id=str(job.pk))
            job.refresh_from_db()
            days.append((job.state, job.imported, job.rows_read, job.waits_until))
            periodic.sweep_imports()
            if at == NOW:
                page = import_page(job)
                assert (page.state, page.is_waiting) == ("Waiting", True)
                assert page.progress == (
                    "6 of 11 rows read. Your company may import 4 leads a day. "
                    "The rest goes on by itself after 23 November 2026, 00:00 UTC."
                )
                assert running.go_on(second.pk) is False
        running.go_on(other.pk)

        midnight = [datetime(2026, 11, day, tzinfo=UTC) for day in (23, 24)]
        assert days == [
            ("running", 4, 6, midnight[0]),
            ("running", 4, 6, midnight[0]),
            ("running", 8, 10, midnight[1]),
            ("done", 9, 11, None),
        ]
        assert str(job.pk) not in woken
        assert (job.refused, job.repeated, other.company.leads.count()) == (1, 1, 2)
        running.go_on(second.pk)
        second.refresh_from_db()
        assert (second.imported, second.repeated, bool(second.waits_until)) == (3, 9, False)
        assert job.company.leads.count() == 12


def test_a_file_that_brings_nothing_new_does_not_wait_for_the_next_day(settings: Any) -> None:
    settings.LEADS_PER_DAY = 2
    first = queued(table(*coffee(2)))
    again = queued(table(*coffee(2), ["", "", "", ""], ["9", "", "x", ""]), company=first.company)

    for job in (first, again):
        running.go_on(job.pk)
        job.refresh_from_db()

    assert (first.state, first.imported) == ("done", 2)
    assert (again.state, again.imported, again.repeated, again.refused) == ("done", 0, 2, 1)


def test_staffs_command_imports_more_than_a_days_leads_and_does_not_use_them_up(settings: Any, tmp_path: Path) -> None:
    settings.LEADS_PER_DAY = 2
    company, shelf, file = CompanyFactory(), CategoryFactory(), tmp_path / "coffee.csv"
    file.write_text(table(*coffee(5)))

    running.go_on(queued(table(*coffee(2)), company=company).pk)
    assert "3 imported" in command(file, company, "--set", f"category={shelf.slug}")
    job = queued(table(*coffee(7)), company=company)
    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.repeated, Lead.objects.count()) == ("running", 0, 5, 5)
    job.lease_until = job.waits_until = timezone.now()
    job.save()
    again = running.claim(job.pk, now=timezone.now())
    assert again is not None
    assert import_page(again).state == "Running"


def test_a_file_that_kills_every_worker_is_given_up() -> None:
    job = queued(table(*coffee(1)))
    for number in range(running.MOST_ATTEMPTS + 1):
        at = NOW + number * 2 * running.LEASE
        claimed = running.claim(job.pk, now=at)

    job.refresh_from_db()
    assert (claimed, job.state, job.failure) == (None, "failed", "Reading the file failed again and again.")


def test_the_sweep_wakes_a_worker_for_what_waits(monkeypatch: Any) -> None:
    job, woken = queued(table(*coffee(1))), []
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda *, kwargs, **_options: woken.append(kwargs))

    periodic.sweep_imports()

    assert woken == [{"import_id": str(job.pk)}]


def test_an_import_stops_when_its_company_is_suspended_or_its_member_has_left(monkeypatch: Any) -> None:
    suspended, left = queued(table(*coffee(2))), queued(table(*coffee(2)))
    suspend_company(company=suspended.company, now=NOW)
    left.member.teams.all().delete()  # type: ignore[union-attr]

    running.go_on(suspended.pk)
    running.go_on(left.pk)

    assert [(job.state, bool(job.failure)) for job in LeadImport.objects.all()] == [("failed", True)] * 2
    assert Lead.objects.count() == 0


def test_an_import_stops_when_its_member_was_erased(monkeypatch: Any) -> None:
    """It is not taken for staff's, which has no member either."""
    monkeypatch.setattr(running, "BATCH", 2)
    job = queued(table(*coffee(3)))
    running.go_on(job.pk, shift=0)
    assert job.member is not None
    job.member.delete()

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.member_id, job.state, job.imported, Lead.objects.count()) == (None, "failed", 2, 2)
    assert job.failure == "Who began the import may not post for the company any more."
    with pytest.raises(IntegrityError), transaction.atomic():  # nor can a file that was sent become staff's
        LeadImport.objects.filter(pk=job.pk).update(by_command=True)


def test_the_sweep_closes_what_a_killed_command_left_and_nothing_else(monkeypatch: Any) -> None:
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda **_options: None)
    past = {"state": "running", "lease_until": NOW - timedelta(seconds=1)}
    command, sent = LeadImportFactory(by_command=True, file="", **past), LeadImportFactory(**past)

    services.take_up_waiting(now=NOW)

    command.refresh_from_db()
    sent.refresh_from_db()
    assert (command.state, sent.state) == ("failed", "running")


def test_where_leads_are_reviewed_first_imported_ones_wait(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    running.go_on(queued(table(*coffee(1))).pk)

    lead = Lead.objects.get()
    assert (lead.state, lead.posted_at, lead.rank) == ("pending", None, None)
    lead_states.approve_lead(lead=lead, now=timezone.now())
    assert lead.is_public(at=timezone.now())


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


def test_an_export_can_be_imported_again_and_repeats_nothing_in_its_own_company() -> None:
    company = CompanyFactory()
    LeadFactory(company=company, title="=2+5", description="'Quoted'\nand more", destinations=["DE", "NL"], brand="-5")
    LeadFactory(company=company, kind="buy_inquiry", origin="", price=None, currency="", quantity="19.125")
    LeadFactory()  # of another company
    text = table(*export_rows(company_id=company.pk, site="https://market.example"))
    shape = examine(io.BytesIO(text.encode()))
    names = [name for name in shape.columns if name not in {"key", "state", "posted_at", "expires_at", "address"}]
    mapping = {"columns": {name: [name] for name in names}, "constants": {}, "key": "key", "categories": {}}
    said = ["kind", "title", "description", "category_id", "quantity", "unit", "price", "currency", "incoterm", "place"]
    said += ["origin", "hs_code", "destinations", "brand", "valid_days", "payment_terms"]
    original = list(Lead.objects.filter(company=company).order_by("pk").values(*said))

    same, other = queued(text, company=company), queued(text)
    for job in (same, other):
        LeadImport.objects.filter(pk=job.pk).update(mapping=mapping)
        running.go_on(job.pk)

    same.refresh_from_db()
    assert (same.imported, same.repeated, same.refused) == (0, 2, 0)
    assert list(Lead.objects.filter(company=other.company).order_by("rank").values(*said)) == original


def test_cells_that_spreadsheets_would_compute_are_exported_as_text() -> None:
    company = CompanyFactory()
    for start in ("=", "+", "-", "@", "\t", "＝"):
        LeadFactory(company=company, title=f"{start}cmd", place=f"{start}x")

    cells = [cell for row in export_rows(company_id=company.pk, site="") for cell in row]

    assert len(cells) > 100
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))] == []


def test_files_and_refused_rows_are_forgotten_after_thirty_days() -> None:
    old, new = queued(table(*coffee(1), ["", "", "", ""], ["2", "", "x", ""])), queued(table(*coffee(1)))
    running.go_on(old.pk)
    LeadImport.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=31))
    LeadImport.objects.filter(pk=new.pk).update(created_at=NOW)
    storage, name = old.file.storage, old.file.name
    assert (storage.exists(name), RefusedRow.objects.count()) == (True, 1)

    services.forget_old_files(now=NOW)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.file.name, old.imported, RefusedRow.objects.count()) == ("", 1, 0)
    assert storage.exists(new.file.name)


def command(file: Path, company: Company, *more: str) -> str:
    out = io.StringIO()
    call_command(
        *("import_leads", str(file), "--company", company.slug, "--map", "title=title", "--map", "description=text"),
        *("--map", "price=price", "--set", "currency=USD", "--set", "kind=sell_offer", "--set", "origin=VN"),
        *("--set", "quantity=1", "--set", "unit=TNE", "--key", "no", *more),
        stdout=out,
    )
    return out.getvalue()


def test_the_command_imports_reports_and_can_only_look(tmp_path: Path) -> None:
    company, shelf = CompanyFactory(), CategoryFactory()
    file, refused = tmp_path / "coffee.csv", tmp_path / "refused.csv"
    file.write_text(table(*coffee(2), ["3", "Bad", "Price.", "free"]), encoding="utf-8-sig")

    looked = command(file, company, "--set", f"category={shelf.slug}", "--dry-run")
    assert (Lead.objects.count(), LeadImport.objects.count()) == (0, 0)
    done = command(file, company, "--set", f"category={shelf.slug}", "--refused", str(refused))

    for said in (looked, done):
        assert "UTF-8 with byte order mark, parted by comma" in said
        assert "2 imported" in said
        assert "line 4: price: “free” is not a number." in said
    assert (Lead.objects.count(), LeadImport.objects.get().state) == (2, "done")
    assert "4,price: “free” is not a number.,3,Bad,Price.,free" in refused.read_text(encoding="utf-8-sig")


def test_the_command_is_told_or_finds_out_how_decimals_are_written(tmp_path: Path) -> None:
    shelf, file = CategoryFactory(), tmp_path / "coffee.csv"
    more, comma = ("--set", f"category={shelf.slug}"), ("--decimal", "comma")

    file.write_text(table(*coffee(0), ["1", "Robusta", "Washed.", "5,500"]))
    assert "0 imported" in command(file, CompanyFactory(), *more)
    assert "1 imported" in command(file, CompanyFactory(), *more, *comma)
    assert [lead.price for lead in Lead.objects.all()] == [pytest.approx(5.5)]
    file.write_text(table(*coffee(0), ["1", "Robusta", "Washed.", "5,500"], ["2", "Arabica", "Washed.", "12,5"]))
    assert "2 imported" in command(file, CompanyFactory(), *more)
    assert [lead.price for lead in Lead.objects.filter(title="Robusta")] == [pytest.approx(5.5)] * 2


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--set", "category=none"], "There is no category"),
        ([], "Choose a column, or one value"),
        (["--set", "category=x", "--map", "colour=text"], "Leads have no field “colour”"),
        (["--set", "category=x", "--map", "place=nowhere"], "The file has no column “nowhere”"),
        (["--set", "category=x", "--key", "nowhere"], "The file has no column “nowhere”"),
    ],
)
def test_the_command_refuses_what_cannot_be_meant(tmp_path: Path, more: list[str], reason: str) -> None:
    file = tmp_path / "coffee.csv"
    file.write_text(table(*coffee(2)))

    with pytest.raises(CommandError, match=reason):
        command(file, CompanyFactory(), *more)

    assert (Lead.objects.count(), LeadImport.objects.count()) == (0, 0)


@pytest.mark.skipif(not NOTICES.exists(), reason="the file of government notices is not beside this checkout")
def test_a_file_of_government_notices_becomes_buy_inquiries_that_search_finds() -> None:
    company, shelf = CompanyFactory(), CategoryFactory()
    call_command(
        *("import_leads", str(NOTICES), "--company", company.slug, "--key", "CN ID", "--set", "kind=buy_inquiry"),
        *("--map", "title=Description", "--map", "description=Description", "--map", "description=Agency"),
        *("--map", "category=Category", "--set", f"category={shelf.slug}", "--map", "price=Value"),
        *("--set", "currency=AUD", "--set", "quantity=1", "--set", "unit=C62"),
        stdout=io.StringIO(),
    )

    found = search.search(search.Filters(words="combat boots", kind="buy_inquiry"), now=timezone.now())
    assert Lead.objects.public(at=timezone.now()).filter(kind="buy_inquiry").count() == 1137
    assert "COMBAT BOOTS, VERSION 5, KHAKI" in [lead.title for lead in Lead.objects.filter(pk__in=found.ids)]
