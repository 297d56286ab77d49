"""Budget 12: many new leads into the table as it is, beside the same into a table with nothing but a primary key."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from directory.models import Company
from marketplace.bench.clock import ratio_in_turn
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python
from marketplace.seed.scale.copying import copy_rows
from marketplace.seed.scale.leads import COLUMNS, lead_rows
from marketplace.seed.scale.plan import Plan, Trader
from marketplace.seed.scale.traders import shelves
from offerboard.models import Lead

ROWS = 2_000
ROUNDS = 3
# Found before the real table by whoever inserts without naming a schema; lives as long as the transaction.
_PLAIN = """
    CREATE SCHEMA bench_plain;
    CREATE TABLE bench_plain.offerboard_lead
        (LIKE public.offerboard_lead INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING GENERATED);
    ALTER TABLE bench_plain.offerboard_lead ADD PRIMARY KEY (id);
"""


def measure_insertion(market: Market) -> Iterator[Finding]:
    """The same rows in turn into both tables; everything is rolled back."""
    rows = _rows(market)
    real, plain, ratio = ratio_in_turn(lambda: _insert(rows), lambda: _insert(rows, plain=True), rounds=ROUNDS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM offerboard_lead")  # of what was rolled back
    yield Finding(
        number=12,
        what=f"bulk insert of {ROWS:,} leads over primary key only",
        value=1 / ratio,
        at_least=0.5,
        measured=f"{ROWS / real:,.0f}/s over {ROWS / plain:,.0f}/s",
        profile=lambda: of_python(lambda: _insert(rows)),
    )


def _rows(market: Market) -> list[str]:
    """New leads that collide with none that is there."""
    last = Lead.objects.aggregate(id=Max("pk"), rank=Max("rank"))
    companies = Company.objects.listed().filter(team__role="owner").values_list("pk", "team__member", "country", "city")
    found = shelves().items
    traders = [
        Trader(pk, owner, country, city, "", tuple(found[place % len(found) :][:3]), listed=True)
        for place, (pk, owner, country, city) in enumerate(companies.order_by("pk")[:50])
    ]
    plan = Plan(market.number + 1, ROWS, market.now + timedelta(days=400), last["id"] + 1, traders)
    rows = []
    for line in lead_rows(plan):
        values = line.split("\t")
        slug, rank = COLUMNS.index("slug"), COLUMNS.index("rank")
        values[slug] = f"bench-{values[slug]}"
        values[rank] = values[rank] if values[rank].startswith("\\") else str(int(values[rank]) + last["rank"])
        rows.append("\t".join(values))
    return rows


def _insert(rows: list[str], *, plain: bool = False) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if plain:
            cursor.execute(_PLAIN)
            cursor.execute("SET LOCAL search_path TO bench_plain, public")
        copy_rows(cursor, Lead, COLUMNS, rows)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit would check them
        transaction.set_rollback(True)
