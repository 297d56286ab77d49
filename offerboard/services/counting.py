"""Counting the market: the only place that reads all public leads, so that pages need not."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, When
from django.db.models.functions import Coalesce, Greatest

from offerboard.models import BoardEntry, Lead, LeadCount, LeadRange

LOCK = 7_310_001  # any number that no other advisory lock uses
Statement = tuple[str, tuple[Any, ...]]

# Each combination of kind, country and category, and each with one, two or all three of them left open. Leads are
# tallied by company first, so that a company with leads in several places counts once in the rows above them.
CUBE = """
    WITH tally (kind, country, company, leaf, top, leads) AS ({leads}),
    fresh AS MATERIALIZED (
        SELECT coalesce(kind, '') AS kind, coalesce(leaf, top) AS category_id, coalesce(country, '') AS country,
               sum(leads)::integer AS leads, count(DISTINCT company)::integer AS companies
        FROM tally
        GROUP BY GROUPING SETS ((kind), ()), GROUPING SETS ((country), ()), GROUPING SETS ((leaf), (top), ())
        HAVING (grouping(leaf) = 1 OR leaf IS NOT NULL) AND (grouping(top) = 1 OR top IS NOT NULL) AND count(*) > 0
    ),
    gone AS (
        DELETE FROM {table} AS old WHERE NOT EXISTS (
            SELECT FROM fresh WHERE fresh.kind = old.kind AND fresh.country = old.country
            AND coalesce(fresh.category_id, 0) = coalesce(old.category_id, 0)
        )
    )
    INSERT INTO {table} (kind, category_id, country, leads, companies)
    SELECT kind, category_id, country, leads, companies FROM fresh WHERE NOT EXISTS (
        SELECT FROM {table} AS old WHERE old.kind = fresh.kind AND old.country = fresh.country
        AND coalesce(old.category_id, 0) = coalesce(fresh.category_id, 0)
        AND old.leads = fresh.leads AND old.companies = fresh.companies
    )
    ON CONFLICT ON CONSTRAINT lead_count_once DO UPDATE SET leads = excluded.leads, companies = excluded.companies
"""
RANGES = """
    WITH fresh (number, changed_at) AS MATERIALIZED ({leads}),
    gone AS (DELETE FROM {table} WHERE number NOT IN (SELECT number FROM fresh))
    INSERT INTO {table} (number, changed_at) SELECT number, changed_at FROM fresh
    ON CONFLICT (number) DO UPDATE SET changed_at = excluded.changed_at
    WHERE {table}.changed_at IS DISTINCT FROM excluded.changed_at
"""


@transaction.atomic
def refresh_counts(*, now: datetime) -> bool:
    """Count the public leads of this moment; False when somebody else is counting already.

    Only rows that changed are written, in one transaction: readers see the counts of before or those of now, never an
    empty table.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT current_setting('statement_timeout')")
        (patience,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = 0")  # as long as it takes: no reader waits for it
        cursor.execute(*_cube(now))
        cursor.execute(*_ranges(now))
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [patience])  # as the caller had it
    return True


def _cube(now: datetime) -> Statement:
    """A lead stands in its branch and, unless it is filed under the branch itself, in one leaf of it."""
    tally = (
        BoardEntry.objects.public(at=now)
        .values(
            "kind",
            "country",
            "company_id",
            leaf=Case(When(category__parent__isnull=False, then="category_id")),
            top=Coalesce("category__parent_id", "category_id"),
        )
        .annotate(number=Count("pk"))
    )
    leads, values = tally.query.sql_with_params()
    return CUBE.format(leads=leads, table=LeadCount._meta.db_table), values


def _ranges(now: datetime) -> Statement:
    changes = (
        Lead.objects.public(at=now)
        .order_by()
        .values(number=F("pk") / LeadRange.WIDTH)
        .annotate(changed_at=Max(Greatest("updated_at", "posted_at")))
    )
    leads, values = changes.query.sql_with_params()
    return RANGES.format(leads=leads, table=LeadRange._meta.db_table), values
