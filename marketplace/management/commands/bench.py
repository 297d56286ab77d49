"""`manage.py bench`: measures the budgets of docs/performance.md on a market of its own, and prints what it found."""

import json
import signal
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.bench.caller import unread_log
from marketplace.bench.exporting import measure_export
from marketplace.bench.findings import Finding, Line, Unmeasured, as_json, summarise, table
from marketplace.bench.following import measure_following
from marketplace.bench.inserting import measure_insertion
from marketplace.bench.leaving import measure_erasure, measure_sweep
from marketplace.bench.mailing import measure_mailing, measure_many_readers
from marketplace.bench.matching import measure_matching
from marketplace.bench.memory import measure_memory
from marketplace.bench.paging import measure_pages
from marketplace.bench.place import Market, open_market
from marketplace.bench.processes import BenchFailed
from marketplace.bench.pulling import measure_pulling
from marketplace.bench.searching import measure_depth, measure_exactness, measure_search
from marketplace.bench.sizes import compare_sizes
from marketplace.demo import collect_static_files
from marketplace.management.commands.seed import MOST_BY_HAND

Measure = Callable[[Market], Iterable[Finding | Unmeasured]]
EVERY_RUN: dict[str, Measure] = {
    "search": measure_search,
    "depth": measure_depth,
    "pages": measure_pages,
    "insert": measure_insertion,
    "pull": measure_pulling,
    "copy": measure_export,
    "matching": measure_matching,
    "erasure": measure_erasure,
    "mail": measure_mailing,
    "following": measure_following,
}
ONCE: dict[str, Measure] = {
    "exact": measure_exactness,
    "memory": measure_memory,
    "sweep": measure_sweep,
    "readers": measure_many_readers,
}


class Command(BaseCommand):
    """Prints each budget with what was measured, its bound and whether it holds; exits with 1 if one is missed."""

    help = "Measures the market's budgets on invented leads in a database of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How large a market, how often, and what of it."""
        parser.add_argument("--leads", type=int, default=1_000_000)
        parser.add_argument("--runs", type=int, default=3, help="the median of so many runs counts")
        parser.add_argument("--number", type=int, default=7, help="which of the possible markets")
        parser.add_argument("--only", nargs="*", choices=[*EVERY_RUN, *ONCE], help="some of the measurements")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the market if it is not there, measure, print, and keep the figures."""
        if options["leads"] <= MOST_BY_HAND:
            raise CommandError(f"Ask for more than {MOST_BY_HAND} leads.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what it started ends with it
        market = open_market(leads=options["leads"], number=options["number"], say=self._say)
        stamp = Path(settings.LOCAL_STATE) / "run" / "collected"
        collect_static_files(stamp)
        with unread_log():
            self._measure(market, options)

    def _measure(self, market: Market, options: dict[str, Any]) -> None:
        chosen = options["only"] or [*EVERY_RUN, *ONCE]
        try:
            lines = summarise(list(self._runs(market, chosen, options["runs"])))
        except (BenchFailed, CalledProcessError) as error:
            raise CommandError(str(error)) from error
        results = _keep(market, lines)
        lines = sorted([*lines, *compare_sizes(results.parent)], key=lambda line: line.number)
        self._say(f"\n{market.leads:,} leads, market number {market.number}, median of {options['runs']} runs\n")
        self._say(table(lines))
        self._explain(lines)
        self._say(f"\nThe figures are in {results}.")
        if any(line.missed for line in lines):
            raise CommandError("Not every budget holds.", returncode=1)

    def _runs(self, market: Market, chosen: list[str], runs: int) -> Iterable[list[Finding | Unmeasured]]:
        for run in range(1, runs + 1):
            measures = EVERY_RUN | (ONCE if run == 1 else {})
            found: list[Finding | Unmeasured] = []
            for name, measure in measures.items():
                if name in chosen:
                    self._say(f"Run {run} of {runs}: {name} ...")
                    found += measure(market)
            yield found

    def _explain(self, lines: Iterable[Line]) -> None:
        """Print the profiles of what misses."""
        for line in lines:
            if line.missed and line.profile:
                self._say(f"\n--- {line.number}, {line.what}: {line.value}, bound {line.bound}\n{line.profile()}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _keep(market: Market, lines: Iterable[Line]) -> Path:
    """Write the figures of this size to a file, for people and for comparing sizes."""
    path = Path(settings.LOCAL_STATE) / f"results-{market.leads}.json"
    content = {"leads": market.leads, "number": market.number, "at": timezone.now().isoformat()}
    before = json.loads(path.read_text(encoding="utf-8"))["lines"] if path.exists() else []
    fresh = as_json(list(lines))
    measured = {(line["number"], line["what"]) for line in fresh}
    kept = [line for line in before if (line["number"], line["what"]) not in measured]
    content["lines"] = sorted([*kept, *fresh], key=lambda line: line["number"])
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return path
