"""Putting many leads into the table with one statement.

A lead's `submission` is unique in the table. Here it is made from the company and the row's key, so that the database
itself refuses a row that was imported before.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, models

from directory import hs
from directory.models import Company
from directory.slugs import public_slug
from offerboard.models import Lead
from offerboard.models.lead import RANK_SEQUENCE

KEYS = UUID("6f0d3c52-8f3b-5f0e-9a55-5d2a1b7c9e41")  # the namespace of keys from files
TRIES = 5  # for addresses whose random part is taken
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead to insert. `values` are columns by name, numbers as text; what is left out gets the model's default.

    `own` is set where the key may be the submission of a lead the company has already, as the export writes it.
    """

    submission: UUID
    fallback_slug: str
    values: dict[str, Any]
    own: UUID | None = None


def lead_row(*, company_id: int, key: str, values: dict[str, Any], fallback_slug: str) -> LeadRow:
    """The row with the submission that its key stands for."""
    own = None
    if len(key) == 36:
        try:
            own = UUID(key)
        except ValueError:
            own = None
    return LeadRow(uuid5(KEYS, f"{company_id} {key}"), fallback_slug, values, own)


def insert_leads(
    rows: Iterable[LeadRow], *, company: Company, member_id: int | None, language: str, state: str, now: datetime
) -> set[UUID]:
    """Insert what is not there yet; answers the submissions of the leads that came. One statement, rarely more.

    `language` is that of the texts (BCP 47). Published leads count from `now` and take their places on the board in the
    order of the rows, the last one on top. Raises IntegrityError or DataError for rows that break a rule of the table;
    then none is inserted. Run it inside a transaction.
    """
    waiting: dict[UUID, LeadRow] = {}
    for row in rows:
        waiting.setdefault(row.submission, row)  # of two with one key the first
    own = _existing([row.own for row in waiting.values() if row.own], company_id=company.pk)
    waiting = {key: row for key, row in waiting.items() if row.own not in own}
    shared = {
        "company": company.pk,
        "posted_by": member_id,
        "country": company.country.code,
        "language": language,
        "state": state,
        "created_at": now,
        "updated_at": now,
        "hs_edition": hs.EDITION,
    }
    inserted: set[UUID] = set()
    for _try in range(TRIES):
        inserted |= _insert(list(waiting.values()), shared, posts=state == Lead.State.PUBLISHED, now=now)
        waiting = {key: row for key, row in waiting.items() if key not in inserted}
        known = _existing(list(waiting), company_id=company.pk)
        waiting = {key: row for key, row in waiting.items() if key not in known}
        if not waiting:  # else they met the address of another lead, and get a new one
            break
    return inserted


def _existing(submissions: list[UUID], *, company_id: int) -> set[UUID]:
    if not submissions:
        return set()
    leads = Lead.objects.filter(company_id=company_id, submission__in=submissions)
    return set(leads.values_list("submission", flat=True))


def _insert(rows: Sequence[LeadRow], shared: dict[str, Any], *, posts: bool, now: datetime) -> set[UUID]:
    """One statement: the rows travel as one JSON document, the rest as parameters."""
    if not rows:
        return set()
    documents = [document_of(row, posts=posts, now=now) for row in rows]
    given = {name for document in documents for name in document}
    columns, values, record = [], [], []
    parameters: list[Any] = []
    for field in Lead._meta.concrete_fields:
        if field.primary_key or isinstance(field, models.GeneratedField):
            continue
        columns.append(field.column)
        kind = field.db_type(connection)
        if field.name == "rank":
            values.append(f"nextval('{RANK_SEQUENCE}')" if posts else "NULL")
            continue
        constant = field.get_db_prep_save(shared.get(field.name, field.get_default()), connection)
        parameters.append(constant)
        if field.column in given:
            record.append(f"{field.column} {kind}")
            values.append(f"coalesce(given.{field.column}, %s::{kind})")
        else:
            values.append(f"%s::{kind}")
    with connection.cursor() as cursor:
        # The names are those of the model's columns; everything else is a parameter.
        cursor.execute(
            f"INSERT INTO {Lead._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM json_to_recordset(%s) AS given({', '.join(record)}) ON CONFLICT DO NOTHING RETURNING submission",
            [*parameters, json.dumps(documents)],
        )
        return {submission for (submission,) in cursor.fetchall()}


def document_of(row: LeadRow, *, posts: bool, now: datetime) -> dict[str, Any]:
    """A row's own columns."""
    document = row.values | {
        "submission": str(row.submission),
        "slug": public_slug(row.values["title"], fallback=row.fallback_slug),
        "price_on_request": not row.values.get("price"),
    }
    if posts:
        runs = timedelta(days=row.values.get("valid_days") or DEFAULT_DAYS)
        document |= {"posted_at": now.isoformat(), "expires_at": (now + runs).isoformat()}
    return document
