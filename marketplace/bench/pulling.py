"""Budgets 8 and 9: an export and a page of JSON, each over a plain COPY of the same rows and columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from marketplace.bench.caller import Caller, application
from marketplace.bench.clock import Call, ratio_in_turn
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python
from marketplace.seed.people import DEMO_EMAILS
from offerboard.pulled import LEADS
from partners.exporting import export_lines
from partners.scopes import Scope
from partners.services.keys import issue_member_key, revoke_key
from partners.sources import sources

PAGE = 1_000  # leads
ROUNDS = 9


def measure_pulling(_market: Market) -> Iterator[Finding]:
    """Leads, in turn with the COPY. The page goes through the whole application; the export is written line by line."""
    rows = LEADS.public(timezone.now())
    count, newest = rows.count(), list(rows.order_by("-rank").values_list("pk", flat=True)[:PAGE])
    whole = partial(_copy, rows.order_by("pk"))
    yield _over_copy(8, f"NDJSON export of {count:,} leads over COPY", _export, whole, leads=count, at_least=0.5)
    with application() as served, _key() as secret:
        page = partial(Caller(served, key=secret).page, f"/api/v1/leads/?page_size={PAGE}")
        same = partial(_copy, rows.filter(pk__in=newest))
        yield _over_copy(9, f"JSON page of {PAGE:,} leads over COPY", page, same, leads=len(newest), at_least=0.2)


def _over_copy(number: int, what: str, ours: Call, plain: Call, *, leads: int, at_least: float) -> Finding:
    for call in (ours, plain):  # once to warm up
        call()
    mine, other, ratio = ratio_in_turn(ours, plain, rounds=ROUNDS)
    return Finding(
        number=number,
        what=what,
        value=1 / ratio,
        at_least=at_least,
        measured=f"{leads / mine:,.0f}/s over {leads / other:,.0f}/s",
        profile=lambda: of_python(ours),
    )


def _export() -> None:
    for _lines in export_lines(LEADS, after=0, readable=sources()):
        pass


def _copy(rows: QuerySet[Any]) -> None:
    """The same columns, joins and subqueries as text, without JSON about them."""
    columns = {f"field_{field.name}": field.value for field in LEADS.fields}
    asked = rows.annotate(**columns).values_list(*columns)
    with connection.cursor() as cursor:
        sql = cursor.mogrify(*asked.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT", BytesIO())


@contextmanager
def _key() -> Iterator[str]:
    """The demo's seller has one for as long as it takes."""
    now = timezone.now()
    seller = Member.objects.get(email=DEMO_EMAILS["seller"])
    made = issue_member_key(member_id=seller.pk, name="bench", scopes=[Scope.LEADS_READ], expires_at=None, now=now)
    try:
        yield made.secret
    finally:
        revoke_key(key=made.key, now=timezone.now())
