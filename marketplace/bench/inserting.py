"""Budget 12: many new leads into the tables as they are, beside the same into tables with nothing but a primary key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from directory.models import Company
from marketplace.bench.clock import ratio_in_turn
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python
from marketplace.seed.scale.copying import NULL
from marketplace.seed.scale.leads import COLUMNS, lead_rows
from marketplace.seed.scale.plan import Plan, Trader
from marketplace.seed.scale.traders import shelves
from offerboard.importing.insert import LeadRow, insert_leads, lead_row
from offerboard.models import Lead

ROWS = 2_000
ROUNDS = 5
GIVEN = (  # columns of a file
    *("kind", "title", "description", "category_id", "hs_code", "quantity", "unit", "price", "currency", "incoterm"),
    *("place", "payment_terms", "condition", "origin", "brand", "model", "valid_days"),
)
# Found before the real tables by whoever names no schema. Leads enter this board by the same functions, so that both
# sides write the same rows and documents.
_PLAIN = """
    DROP SCHEMA IF EXISTS bench_plain CASCADE;
    CREATE SCHEMA bench_plain;
    CREATE TABLE bench_plain.offerboard_lead
        (LIKE public.offerboard_lead INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING GENERATED, PRIMARY KEY (id));
    CREATE TABLE bench_plain.offerboard_boardentry
        (LIKE public.offerboard_boardentry INCLUDING GENERATED INCLUDING STORAGE, PRIMARY KEY (lead_id));
    ALTER TABLE bench_plain.offerboard_boardentry SET (toast_tuple_target = 128);
    CREATE TRIGGER lead_enters_board AFTER INSERT ON bench_plain.offerboard_lead
        REFERENCING NEW TABLE AS new_leads FOR EACH STATEMENT EXECUTE FUNCTION keep_board_of_new_leads();
"""


def measure_insertion(market: Market) -> Iterator[Finding]:
    """The same rows in turn into both, as an import writes a batch; everything is rolled back."""
    company = Company.objects.listed().earliest("pk")
    rows = [_as_imported(line, company) for line in _lines(market)]
    with _plain_tables():
        real, plain, ratio = ratio_in_turn(
            lambda: _insert(rows, company, market), lambda: _insert(rows, company, market, plain=True), rounds=ROUNDS
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM offerboard_lead, offerboard_boardentry")  # of what was rolled back
    yield Finding(
        number=12,
        what=f"bulk insert of {ROWS:,} leads over primary key only",
        value=1 / ratio,
        at_least=0.5,
        measured=f"{ROWS / real:,.0f}/s over {ROWS / plain:,.0f}/s",
        profile=lambda: of_python(lambda: _insert(rows, company, market)),
    )


@contextmanager
def _plain_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        try:
            yield
        finally:
            cursor.execute("DROP SCHEMA bench_plain CASCADE")


def _lines(market: Market) -> Iterator[str]:
    """New leads like those of the market."""
    last = Lead.objects.aggregate(id=Max("pk"))
    companies = Company.objects.listed().filter(team__role="owner").values_list("pk", "team__member", "country", "city")
    found = shelves().items
    traders = [
        Trader(pk, owner, country, city, "", tuple(found[place % len(found) :][:3]), listed=True)
        for place, (pk, owner, country, city) in enumerate(companies.order_by("pk")[:50])
    ]
    return lead_rows(Plan(market.number + 1, ROWS, market.now + timedelta(days=400), last["id"] + 1, traders))


def _as_imported(line: str, company: Company) -> LeadRow:
    """What a file would say of the lead."""
    told = dict(zip(COLUMNS, line.split("\t"), strict=True))
    values = {name: told[name].replace("\\n", "\n") for name in GIVEN if told[name] not in ("", NULL)}
    path = [int(number) for number in told["category_path"].strip("{}").split(",")]
    return lead_row(
        company_id=company.pk,
        key=told["submission"],
        values=values | {"category_path": path, "valid_days": int(told["valid_days"])},
        fallback_slug="lead",
    )


def _insert(rows: list[LeadRow], company: Company, market: Market, *, plain: bool = False) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if plain:
            cursor.execute("SET LOCAL search_path TO bench_plain, public")
        insert_leads(rows, company=company, member_id=None, language="en", state="published", now=market.now)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit would check them
        transaction.set_rollback(True)
