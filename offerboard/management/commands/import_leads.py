"""`manage.py import_leads`: turns a file into a company's leads (docs/import.md)."""

import csv
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.models import Company
from offerboard.importing.cells import guard
from offerboard.importing.mapping import Mapping
from offerboard.importing.running import fail, run
from offerboard.importing.shape import FileRefused, Shape
from offerboard.importing.shelves import read_pairs
from offerboard.importing.source import examine
from offerboard.importing.trial import Trial, try_out, with_decimals
from offerboard.models import LeadImport
from offerboard.services.imports import AnotherRuns, begin_here
from offerboard.services.lead_states import CompanyNotListed

SHOWN = 20  # refused rows that are printed


class Command(BaseCommand):
    """Imports in the foreground; when it is killed, running it again goes on and repeats nothing."""

    help = "Import a CSV or XLSX file of leads for a company. Valid rows are kept, refused ones reported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the company, and what the columns mean."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, metavar="SLUG", help="its leads they become")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="once more for the same field joins columns",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="for all rows, where the column is missing or its cell empty; category=SLUG also where it is unknown",
        )
        parser.add_argument(
            "--key", default="", metavar="COLUMN", help="tells rows apart; without it the whole row does"
        )
        parser.add_argument(
            "--decimal",
            choices=["point", "comma"],
            default="",
            help="how decimals are written; else the file's own numbers show it, and what stays open is refused",
        )
        parser.add_argument("--category-map", type=Path, metavar="FILE", help="CSV of a name in the file, our slug")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write all refused rows there, as CSV")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what was said, then import or try."""
        company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        try:
            mapping = self._mapping(options)
            with options["file"].open("rb") as file:
                self._work(file, company, mapping, options)
        except (OSError, FileRefused) as error:
            raise CommandError(str(error)) from error
        except CompanyNotListed as error:
            raise CommandError("The company is not listed, so its leads cannot be public.") from error
        except AnotherRuns as error:
            raise CommandError(
                "Another import of this company runs, or was stopped less than a minute ago. Run it again later."
            ) from error

    def _mapping(self, options: dict[str, Any]) -> Mapping:
        columns: dict[str, list[str]] = {}
        for field, column in map(_pair, options["map"]):
            columns.setdefault(field, []).append(column)
        pairs: dict[str, str] = {}
        if options["category_map"]:
            with options["category_map"].open("rb") as file:
                pairs = read_pairs(file)
        return Mapping(columns, dict(map(_pair, options["set"])), options["key"], pairs, options["decimal"])

    def _work(self, file: BinaryIO, company: Company, mapping: Mapping, options: dict[str, Any]) -> None:
        started = time.monotonic()
        shape = examine(file)
        self.stdout.write(_how_written(shape))
        mapping = with_decimals(file, shape, mapping)
        trial = try_out(file, shape, mapping, company_id=company.pk, most=None if options["dry_run"] else 0)
        if trial.mapping_problems:
            raise CommandError("\n".join(f"{name}: {words}" for name, words in trial.mapping_problems.items()))
        if options["dry_run"]:
            self._report(trial, refused=trial.refused_examples, seconds=time.monotonic() - started)
            self.stdout.write("Nothing was changed: this was a dry run.")
            return
        job = begin_here(company=company, name=options["file"].name, shape=shape, mapping=mapping, now=timezone.now())
        try:
            run(job, file, tell=lambda: self._progress(job, shape))
        except BaseException:
            fail(job, "The command was stopped. Run it again; what is imported already is not repeated.")
            raise
        job.refresh_from_db()
        examples = [
            (row.line, f"{column or 'row'}: {reason}")
            for row in job.refused_rows.order_by("line")[:SHOWN]
            for column, reason in zip(row.columns, row.reasons, strict=True)
        ]
        self._report(job, refused=examples, seconds=time.monotonic() - started)
        for row in job.seen_rows.exclude(first_line=None).order_by("line")[:SHOWN]:
            self.stdout.write(f"  line {row.line}: says the same as line {row.first_line} in every column that is used")
        if options["refused"]:
            _write_refused(job, shape, options["refused"])
        if job.state != LeadImport.State.DONE:
            raise CommandError(job.failure or "The import was stopped.")

    def _progress(self, job: LeadImport, shape: Shape) -> None:
        if job.rows_read % 50_000 == 0:
            self.stdout.write(f"  {job.rows_read:,} of {shape.rows:,} rows")

    def _report(self, result: LeadImport | Trial, *, refused: list[tuple[int, str]], seconds: float) -> None:
        read, say = result.rows_read, self.stdout.write
        say(f"{read:,} rows read in {seconds:.1f} s ({read / max(seconds, 0.001):,.0f} a second)")
        say(f"  {result.imported:,} imported")
        say(f"  {result.repeated:,} imported before, or twice in this file")
        say(f"  {result.refused:,} refused")
        if result.shortened:
            say(f"  {result.shortened:,} titles shortened; the whole title begins the description")
        if result.masked:
            say(f"  {result.masked:,} rows with e-mail addresses or telephone numbers, which were hidden")
        if result.fallen:
            say(f"  {result.fallen:,} rows with an unknown category, filed under the one of --set category:")
            for name, rows in sorted(result.unknown_categories.items(), key=lambda pair: (-pair[1], pair[0])):
                say(f"    {rows:>7,}  {name}")
        for line, words in refused[:SHOWN]:
            say(f"  line {line}: {words}")
        if result.refused > SHOWN:
            say("  … and more; --refused FILE writes all of them")


def _pair(text: str) -> tuple[str, str]:
    field, sign, value = text.partition("=")
    if not sign or not field:
        raise CommandError(f"“{text}” is not FIELD=…")
    return field.strip(), value.strip()


def _how_written(shape: Shape) -> str:
    if shape.format == "xlsx":
        return f"XLSX, {len(shape.columns)} columns"
    encoding = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with byte order mark", "cp1252": "Windows-1252"}[shape.encoding]
    delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}[shape.delimiter]
    return f"CSV in {encoding}, parted by {delimiter}, {len(shape.columns)} columns, {shape.rows:,} rows"


def _write_refused(job: LeadImport, shape: Shape, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", *map(guard, shape.columns)])
        for row in job.refused_rows.order_by("line").iterator():
            reasons = "; ".join(
                f"{column}: {why}" if column else why for column, why in zip(row.columns, row.reasons, strict=True)
            )
            writer.writerow([row.line, guard(reasons), *map(guard, row.cells)])
