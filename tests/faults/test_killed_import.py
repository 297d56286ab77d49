"""A worker is killed in the middle of a file; another one goes on, and no row is lost or repeated."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from marketplace.embedded.servers import CHECKOUT
from tests.faults.installation import Installation, eventually

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
STATE = """
from offerboard.models import Lead, LeadImport
job = LeadImport.objects.get()
leads = Lead.objects.filter(title__startswith="Killed coffee")
print("SAYS", job.state, job.rows_read, job.imported, job.repeated, leads.count(), leads.distinct("title").count())
"""


@pytest.fixture
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(Path(tmp_path_factory.mktemp("market")))
    try:
        yield installation
    finally:
        installation.stop()


def run(market: Installation, code: str) -> list[str]:
    """What a program inside the market prints behind SAYS."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=CHECKOUT,
        env=market.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    said = [line for line in answer.stdout.splitlines() if line.startswith("SAYS")]
    return said[0].split()[1:] if said else []


def rows_read(market: Installation) -> int:
    return int(run(market, STATE)[1])


def has_read_more(market: Installation, before: int) -> bool:
    return rows_read(market) > before


def test_a_killed_worker_loses_no_row_and_repeats_none(market: Installation) -> None:
    """Killed twice: first at some batch, then again while the next worker goes on."""
    run(market, BEGIN % {"rows": ROWS})
    for _kill in range(2):
        read = rows_read(market)
        market.start("worker")
        assert eventually(partial(has_read_more, market, read), seconds=180)
        market.kill("worker")
    state, read_rows, imported, repeated, leads, titles = run(market, STATE)
    assert (state in {"running", "queued"}, imported, repeated) == (True, read_rows, "0")
    assert leads == titles == imported
    assert 0 < int(imported) < ROWS

    market.start("worker")

    assert eventually(lambda: run(market, STATE)[0] == "done", seconds=400)
    assert run(market, STATE) == ["done", *[str(ROWS)] * 2, "0", *[str(ROWS)] * 2]
