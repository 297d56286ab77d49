"""One sweep a night, with a report; a worker may die anywhere, and the next call goes on.

Rows that are done are gone, so that going on needs no mark. Files are noted with their rows and deleted after them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from privacy.cascades import delete_files
from privacy.models import SweepReport
from privacy.selectors.holds import Holds
from privacy.sweeping.overdue import overdue, sweep_table, timed_tables

NIGHT = timedelta(hours=20)  # from the start of one sweep to the next
SHIFT = 120.0  # seconds after which other tasks have their turn


def sweep(*, now: datetime, shift: float = SHIFT) -> SweepReport | None:
    """Go on with tonight's sweep, or begin it when its time has come. None when it is done, or somebody is at it."""
    with _alone() as alone:
        report = _tonights(now=now) if alone else None
        if report is None:
            return None
        ends_at = time.monotonic() + shift
        _forget_files(report)
        holds = Holds(at=now)
        for table, keep in timed_tables():
            for _batch in sweep_table(table, keep, holds=holds, note=partial(write_down, report), at=now):
                _forget_files(report)
                if time.monotonic() > ends_at:
                    return report
            if held := overdue(table, keep, at=now).filter(holds.on(table)).count():
                report.held[table.label] = held
        SweepReport.objects.filter(pk=report.pk).update(ended_at=timezone.now(), held=report.held)
        report.refresh_from_db()
        return report


def rehearse(*, now: datetime) -> SweepReport:
    """Count what a sweep would delete now, and delete nothing."""
    holds = Holds(at=now)
    report = SweepReport(started_at=now, is_rehearsal=True)
    for table, keep in timed_tables():
        rows = overdue(table, keep, at=now)
        free, held = rows.exclude(holds.on(table)).count(), rows.filter(holds.on(table)).count()
        if free:
            report.counts[table.label] = free
        if held:
            report.held[table.label] = held
    report.ended_at = timezone.now()
    report.save()
    return report


def _tonights(*, now: datetime) -> SweepReport | None:
    sweeps = SweepReport.objects.filter(is_rehearsal=False)
    unfinished = sweeps.filter(ended_at=None).order_by("pk").first()
    if unfinished is not None:
        return unfinished
    if sweeps.filter(started_at__gt=now - NIGHT).exists():
        return None
    return SweepReport.objects.create(started_at=now)


def write_down(report: SweepReport, *, table: str, rows: int, files: Sequence[str]) -> None:
    """What a batch deleted, in its transaction."""
    report.counts[table] = report.counts.get(table, 0) + rows
    report.files = [*report.files, *files]
    SweepReport.objects.filter(pk=report.pk).update(counts=report.counts, files=report.files)


def _forget_files(report: SweepReport) -> None:
    if report.files:
        delete_files(report.files)
        report.files = []
        with transaction.atomic(durable=True):
            SweepReport.objects.filter(pk=report.pk).update(files=[])


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other sweep runs; PostgreSQL forgets the lock of a worker that dies."""
    name = "hashtextextended('retention sweep', 0)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({name})")
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({name})")
