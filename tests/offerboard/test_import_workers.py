"""Workers of an import: one may die anywhere without losing or repeating a row, and one of a company runs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directory.services import suspend_company
from offerboard import periodic, tasks
from offerboard.importing import running
from offerboard.importing.insert import insert_leads
from offerboard.models import Lead, LeadImport
from offerboard.selectors.imports import import_page
from offerboard.services import imports as services
from tests.factories import (
    NOW,
    CompanyFactory,
    LeadImportFactory,
)
from tests.offerboard.importing import coffee, queued, table

pytestmark = pytest.mark.django_db


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


def test_the_sweep_wakes_first_whoever_was_served_longest_ago(monkeypatch: Any) -> None:
    """A worker takes what was put first, and a shift lasts longer than a wake-up: the last ones are lost each time."""
    oldest, younger, youngest, new = (queued(table(*coffee(1))) for _company in range(4))
    for job, hours in ((oldest, 4), (younger, 3), (youngest, 2), (new, 1)):
        LeadImport.objects.filter(pk=job.pk).update(created_at=NOW - timedelta(hours=hours))
    for job, seconds in ((oldest, 5), (younger, 50), (youngest, 20)):
        served = NOW - timedelta(seconds=seconds)
        LeadImport.objects.filter(pk=job.pk).update(state="running", lease_until=served)
    woken: list[str] = []
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda *, kwargs, **_: woken.append(kwargs["import_id"]))

    services.take_up_waiting(now=NOW)

    assert woken == [str(job.pk) for job in (new, younger, youngest, oldest)]


def test_an_import_that_began_while_its_page_was_made_does_not_wait_for_itself() -> None:
    job = queued(table(*coffee(2)))
    running.claim(job.pk, now=NOW)

    assert job.state == "queued"  # as it was loaded
    assert import_page(job).progress == "0 of 2 rows read"


@pytest.mark.parametrize("batch", [2, 1000])
def test_repeats_within_a_file_without_a_key_do_not_wait_for_the_next_day(
    settings: Any, monkeypatch: Any, batch: int
) -> None:
    settings.LEADS_PER_DAY = 2
    monkeypatch.setattr(running, "BATCH", batch)
    rows = coffee(2)
    lots = [[number, *row[1:]] for number, row in enumerate(rows[1:] * 3, start=10)]  # nobody uses their numbers
    job = queued(table(*rows, *lots), key="")

    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.repeated, job.waits_until) == ("done", 2, 6, None)


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
