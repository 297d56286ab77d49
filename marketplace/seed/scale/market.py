"""Adds leads by the hundred thousand to the market that was invented by hand, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from accounts.models import Member
from directory.models import Company, TeamMember, Verification
from marketplace.seed.scale.bare import without_indexes, without_triggers
from marketplace.seed.scale.copying import copy_rows
from marketplace.seed.scale.leads import COLUMNS, lead_rows
from marketplace.seed.scale.plan import Plan
from marketplace.seed.scale.traders import DOMAIN, plan_traders, seed_traders
from offerboard.models import BoardEntry, Lead
from offerboard.services.counting import refresh_counts
from offerboard.services.vocabulary import refresh_vocabulary

_SEQUENCE = "offerboard_lead_rank"


def is_scaled() -> bool:
    """Whether these leads are there already: all of them or none, since they come in one transaction."""
    return Member.objects.filter(email=f"owner-0@{DOMAIN}").exists()


def seed_scale(*, leads: int, number: int, now: datetime, say: Callable[[str], None]) -> None:
    """Invent so many leads and one company for each 40; the same number, size and `now` give the same market.

    The leads' indexes are dropped while the table is filled: call it where nobody trades yet.
    """
    with transaction.atomic(durable=True):
        others = list(Lead.objects.exclude(posted_at=None).order_by("posted_at", "pk"))
        plan = Plan(
            number=number,
            leads=leads,
            now=now,
            first_lead=(Lead.objects.aggregate(last=Max("pk"))["last"] or 0) + 1,
            traders=plan_traders(number=number, leads=leads),
            others=[lead.posted_at for lead in others if lead.posted_at],
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            seed_traders(cursor, plan)
            say(f"{len(plan.traders)} companies.")
            with without_indexes(cursor, Lead._meta.db_table), without_triggers(cursor, Lead._meta.db_table):
                _move_up(cursor, [lead.pk for lead in others], plan.other_ranks())
                copy_rows(cursor, Lead, COLUMNS, lead_rows(plan))
                say(f"{leads} leads; now the board and the indexes ...")
                _fill_board(cursor, now=now)
    finish(now=now)


def finish(*, now: datetime) -> None:
    """Bring along what is derived from the rows: numbers to come, the planner's statistics, counts, the vocabulary."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for model in (Company, Member, EmailAddress, TeamMember, Verification, Lead):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
        past = f"(SELECT last_value FROM {_SEQUENCE})"  # noqa: S608  # ranks that were drawn are never drawn again
        cursor.execute(f"SELECT setval('{_SEQUENCE}', greatest(max(rank), {past})) FROM offerboard_lead")  # noqa: S608
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    refresh_counts(now=now)
    refresh_vocabulary(now=now)


def _fill_board(cursor: CursorWrapper, *, now: datetime) -> None:
    """The entries of all leads on the board, as the triggers would have made them; the expired are swept already."""
    cursor.execute("TRUNCATE offerboard_boardentry")
    with without_indexes(cursor, BoardEntry._meta.db_table):
        cursor.execute(
            "SELECT enter_board(array_agg(id)) FROM offerboard_lead "
            "WHERE state = 'published' AND NOT hidden AND expires_at > %s",
            [now],
        )


def _move_up(cursor: CursorWrapper, leads: list[int], ranks: list[int]) -> None:
    """Leads that were there before take their ranks among the new ones, by when they were posted."""
    cursor.execute(
        "UPDATE offerboard_lead SET rank = moved.rank FROM unnest(%s::bigint[], %s::bigint[]) AS moved (id, rank) "
        "WHERE offerboard_lead.id = moved.id",
        [leads, ranks],
    )
