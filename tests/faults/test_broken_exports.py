"""An export that breaks in the middle is resumed where it broke, and with the feed the copy is exact."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from offerboard.models import Lead
from partners.numbering import number_changes
from tests.factories import CategoryFactory, CompanyFactory, LeadFactory
from tests.faults.web import Web, exports_stop
from tests.partners.mirroring import mirrored, new_mirror, whole

pytestmark = pytest.mark.django_db(transaction=True)
LEADS, READ = 400, 120  # of them, before the fault
WHOLE, ON_THEIR_WAY = 100, 150  # of these, in stretches that arrived whole; those after which the market stops
LETTERS = [chr(code) for code in range(0x4E00, 0x9FA5)]
BROKEN = (OSError, EOFError, HTTPException)


@pytest.fixture
def web() -> Iterator[Web]:
    market = Web()
    try:
        yield market
    finally:
        market.kill()


@pytest.fixture
def long_leads() -> None:
    """So long that a reader who reads ahead has not many of them in its hands.

    The feed has told of them already: what the export leaves out, it does not bring.
    """
    now, chance = timezone.now(), random.Random(7)  # noqa: S311 - so that a run can be repeated
    company, category = CompanyFactory(), CategoryFactory()
    dates = {"posted_at": now - timedelta(days=1), "expires_at": now + timedelta(days=29)}
    leads = LeadFactory.build_batch(LEADS, company=company, category=category, **dates)
    for lead in leads:
        lead.description = " ".join("".join(chance.choices(LETTERS, k=99)) for _word in range(80))
    Lead.objects.bulk_create(leads, batch_size=100)
    number_changes(now=now)


def end_connections(_web: Web) -> None:
    """As a restart of PostgreSQL does; the test's own stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


FAULTS: dict[str, Callable[[Web], Any]] = {
    "the web process is killed": Web.kill,
    "PostgreSQL ends its connections": end_connections,
}


@pytest.mark.usefixtures("long_leads")
@pytest.mark.parametrize(
    "fault", ["the web process is killed", pytest.param("PostgreSQL ends its connections", marks=pytest.mark.long)]
)
def test_the_copy_is_exact_though_in_the_middle_of_its_export(web: Web, tmp_path: Path, fault: str) -> None:
    """Another process goes on, from the last stretch that arrived whole; meanwhile leads changed and went."""
    web.start()
    file, asked = tmp_path / "mirror.sqlite", list[tuple[str, dict[str, Any]]]()
    first = new_mirror(web.address, file)

    def lines(path: str, query: dict[str, Any]) -> Iterator[bytes]:
        asked.append((path, query))
        for number, line in enumerate(type(first).lines(first, path, query)):
            yield line
            if path == "export/leads.ndjson" and number == READ:
                FAULTS[fault](web)

    first.lines = lines
    with exports_stop(), pytest.raises(BROKEN):
        first.sync()
    first.database.close()
    old, changed = Lead.objects.order_by("pk")[:2]
    old.delete()
    Lead.objects.filter(pk=changed.pk).update(title="Changed since it was read")
    if web.process is None:
        web.start()
    again = new_mirror(web.address, file, secret=first.key)
    half = len(again.things("lead"))

    def further_lines(path: str, query: dict[str, Any]) -> Iterator[bytes]:
        asked.append((path, query))
        yield from type(again).lines(again, path, query)

    again.lines = further_lines
    again.sync()

    assert WHOLE <= half <= ON_THEIR_WAY
    assert [path for path, _query in asked].count("export/companies.ndjson") == 1
    assert [bool(query.get("after")) for path, query in asked if path == "export/leads.ndjson"] == [False, True]
    assert mirrored(again) == whole()
    assert len(again.things("lead")) == LEADS - 1
