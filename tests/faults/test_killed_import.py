"""A worker is killed in the middle of a file; another one goes on, and no row is lost or repeated."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from marketplace.embedded.servers import CHECKOUT
from tests.faults.installation import Installation
from tests.waiting import eventually

pytestmark = pytest.mark.long
ROWS = 30_000
BEGIN = """
from django.core.files.base import ContentFile
from accounts.models import Member
from directory.models import Category
from django.utils import timezone
from offerboard.importing.mapping import Mapping
from offerboard.services import imports
member = Member.objects.get(email="seller@example.com")
text = "no,title\\n" + "".join(f"{n},Killed coffee {n}\\n" for n in range(%(rows)d))
job = imports.take_file(
    company=member.teams.first().company,
    member=member,
    file=ContentFile(text.encode(), name="coffee.csv"),
    now=timezone.now(),
)
shelf = Category.objects.leaves().first().slug
constants = {"kind": "buy_inquiry", "description": "Washed.", "quantity": "1", "unit": "TNE", "category": shelf}
imports.choose_columns(lead_import=job, mapping=Mapping({"title": ["title"]}, constants, "no"))
imports.start_import(lead_import=job)
"""
STATE = "SELECT state, rows_read, imported, repeated FROM offerboard_leadimport"
LEADS = "SELECT count(*), count(DISTINCT title) FROM offerboard_lead WHERE title LIKE 'Killed coffee%'"


@pytest.fixture
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(Path(tmp_path_factory.mktemp("market")))
    try:
        yield installation
    finally:
        installation.stop()


def asked(market: Installation, question: str) -> tuple[Any, ...]:
    """A row of the market's database, at once: the worker does not wait while a program starts."""
    connection = psycopg2.connect(market.environment["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return tuple(cursor.fetchone())
    finally:
        connection.close()


def has_read_more(market: Installation, before: int) -> bool:
    return int(asked(market, STATE)[1]) > before


def is_done(market: Installation) -> bool:
    return bool(asked(market, STATE)[0] == "done")


def test_a_killed_worker_loses_no_row_and_repeats_none(market: Installation) -> None:
    """Killed twice: first at some batch, then again while the next worker goes on."""
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", BEGIN % {"rows": ROWS}],
        cwd=CHECKOUT,
        env=market.environment,
        check=True,
    )
    market.start("worker")  # its beat calls the sweep
    for _kill in range(2):
        read = asked(market, STATE)[1]
        market.start("imports")
        assert eventually(partial(has_read_more, market, read), seconds=180)
        market.kill("imports")
    state, rows_read, imported, repeated = asked(market, STATE)
    assert (state in {"running", "queued"}, imported, repeated) == (True, rows_read, 0)
    assert asked(market, LEADS) == (imported, imported)
    assert 0 < imported < ROWS

    market.start("imports")

    assert eventually(partial(is_done, market), seconds=600)
    assert (asked(market, STATE), asked(market, LEADS)) == (("done", ROWS, ROWS, 0), (ROWS, ROWS))
