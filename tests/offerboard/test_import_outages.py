"""What the database does to an import is not the file's: it rests and goes on."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection

from offerboard.importing import running
from offerboard.importing.insert import insert_leads
from offerboard.models import Lead, LeadImport
from offerboard.selectors.imports import import_page
from tests.factories import NOW
from tests.offerboard.importing import coffee, queued, table

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for_no_lock() -> None:
    """As if the patience of a real installation were over at once; until the connection is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 50")


def test_while_somebody_else_holds_the_companys_row_the_import_rests_and_does_not_end() -> None:
    job, other = queued(table(*coffee(2))), connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM directory_company WHERE id = %s FOR UPDATE", [job.company_id])
        wait_for_no_lock()
        for number in range(running.MOST_ATTEMPTS + 1):
            with time_machine.travel(NOW + number * timedelta(minutes=1), tick=False):
                assert running.go_on(job.pk) is False
        job.refresh_from_db()
        assert (job.state, job.attempts, job.rows_read, Lead.objects.count()) == ("running", 0, 0, 0)
        assert job.waits_until == NOW + timedelta(minutes=running.MOST_ATTEMPTS, seconds=30)
        page = import_page(job)
        assert (page.state, page.is_waiting) == ("Waiting", False)  # it asks again
        assert page.progress == "0 of 2 rows read. The database was busy; it goes on by itself within a minute."
        assert running.claim(job.pk, now=job.waits_until - timedelta(seconds=1)) is None
    finally:
        other.close()
        connection.close()

    with time_machine.travel(job.waits_until, tick=False):
        running.go_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.imported) == ("done", 2)


def test_a_connection_that_the_server_ended_in_the_middle_of_a_batch_costs_no_try(monkeypatch: Any) -> None:
    job, real = queued(table(*coffee(2))), insert_leads

    def cut_off(*args: Any, **kwargs: Any) -> Any:
        other = connection.copy()
        with connection.cursor() as cursor, other.cursor() as killer:
            cursor.execute("SELECT pg_backend_pid()")
            killer.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
        other.close()
        return real(*args, **kwargs)

    monkeypatch.setattr(running, "insert_leads", cut_off)
    assert running.go_on(job.pk) is False
    monkeypatch.setattr(running, "insert_leads", real)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.rows_read, bool(job.waits_until)) == ("running", 0, 0, True)
    with time_machine.travel(job.waits_until, tick=False):
        running.go_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.imported) == ("done", 2)


def test_a_commands_import_does_not_rest_since_nobody_else_has_its_file() -> None:
    job = queued(table(*coffee(2)))
    file = job.file.open("rb")
    LeadImport.objects.update(by_command=True, member=None, file="", state="running", lease_until=NOW + running.LEASE)
    job.refresh_from_db()
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM directory_company WHERE id = %s FOR UPDATE", [job.company_id])
        wait_for_no_lock()
        with time_machine.travel(NOW, tick=False), pytest.raises(OperationalError):
            running.run(job, file)
    finally:
        other.close()
        connection.close()

    job.refresh_from_db()
    assert (job.state, job.waits_until, Lead.objects.count()) == ("running", None, 0)
