"""`manage.py sweep`: deletes what has outlived its time, or with --dry-run counts it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy.models import SweepReport
from privacy.sweeping import running


class Command(BaseCommand):
    """The nightly sweep by hand."""

    help = "Delete what has outlived its time, as every night; --dry-run counts it and deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to count only."""
        parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        """Print a line for each table."""
        now = timezone.now()
        report: SweepReport | None = (
            running.rehearse(now=now) if dry_run else running.sweep(now=now, shift=float("inf"))
        )
        if report is None:
            self.stdout.write("Tonight’s sweep is done, or a worker is at it.")
            return
        for table, rows in sorted(report.counts.items()):
            self.stdout.write(f"{rows:>9} {table}")
        for table, rows in sorted(report.held.items()):
            self.stdout.write(f"{rows:>9} {table} (kept: legal hold)")
