"""Budget 14 for the import: the memory of a process that reads a long file of leads, into a database of its own."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.management import get_commands

from marketplace.bench.findings import Finding, Unmeasured, memory_finding
from marketplace.bench.place import Market, address_of, create_database, drop_database
from marketplace.embedded.servers import CHECKOUT
from marketplace.seed.scale.words import models, tail_words

DATABASE = "bench_import"
MOST_ROWS = 1_000_000
COMMAND = "import_leads"
COLUMNS = ("number", "what", "about", "amount")
_ARGUMENTS = (
    *("--map", "title=what", "--map", "description=about", "--map", "quantity=amount", "--key", "number"),
    *("--set", "kind=buy_inquiry", "--set", "unit=TNE", "--set", "category=green-coffee"),
)
_COMPANY = "from directory.models import Company; print(Company.objects.listed().earliest('pk').slug)"


def measure_import(market: Market) -> Iterator[Finding | Unmeasured]:
    """Import a tenth of the rows, and then all; a process that keeps what it has read shows."""
    rows = min(market.leads, MOST_ROWS)
    if COMMAND not in get_commands():
        yield Unmeasured(14, f"memory: import of {rows:,} rows", "not built yet")
        return
    path = Path(settings.LOCAL_STATE) / "bench-import.csv"
    environment = os.environ | {"DATABASE_URL": address_of(DATABASE)}
    create_database(DATABASE)
    try:
        for arguments in (["migrate", "-v0"], ["seed", "--leads", "10", "--companies", "2"]):
            _run(arguments, environment)
        company = _run(["shell", "-v0", "-c", _COMPANY], environment).split()[-1]
        peaks = []
        for part in (rows // 10, rows):
            _write(path, part)
            peaks.append(_peak_of([COMMAND, str(path), "--company", company, *_ARGUMENTS], environment))
    finally:
        path.unlink(missing_ok=True)
        drop_database(DATABASE)
    yield memory_finding(f"import of {rows:,} rows", peaks[0], peaks[1], f"for {rows // 10:,} and {rows:,} rows")


def _write(path: Path, rows: int) -> None:
    """A file of goods wanted, each row another."""
    rng = Random(f"import/{rows}")  # noqa: S311  # the same every time
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for place in range(rows):
            words = " ".join(tail_words().pick(rng) for _ in range(40))
            writer.writerow((place, f"Wanted: {words[:60]} {models().pick(rng)}", words, rng.randint(1, 900)))


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603  # ours
    return done.stdout


def _peak_of(arguments: list[str], environment: dict[str, str]) -> float:
    """The most memory that the command had at once, in MB. Raises CalledProcessError when it fails."""
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    with (Path(settings.LOCAL_STATE) / "bench.log").open("ab") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603  # ours
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss / 1024
