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

KEYS = UUID("6f0d3c52-8f3b-5f0e-9a55-5d2a1b7c9e41")  # the namespace of keys from files
TRIES = 5  # for addresses whose random part is taken
RANKS = "offerboard_lead_rank"
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
    """Insert what is not there yet; answers the submissions of the leads that came. One statement, rarely two.

    Published leads count from `now` and take their places on the board in the order of the rows, the last one on top.
    Raises IntegrityError and DataError for rows that break a rule of the table; then none is inserted.
    """
    waiting = {row.submission: row for row in rows}
    shared = _shared(company=company, member_id=member_id, language=language, state=state, now=now)
    inserted: set[UUID] = set()
    for _try in range(TRIES):
        inserted |= _insert(list(waiting.values()), shared, posts=state == Lead.State.PUBLISHED, now=now)
        waiting = {key: row for key, row in waiting.items() if key not in inserted}
        known = _known(list(waiting.values()), company_id=company.pk)
        waiting = {key: row for key, row in waiting.items() if key not in known}
        if not waiting:
            break
    return inserted


def _known(rows: Sequence[LeadRow], *, company_id: int) -> set[UUID]:
    """Which of the rows are leads already. The others met the address of another lead and try again with a new one."""
    if not rows:
        return set()
    found = set(Lead.objects.filter(submission__in=[row.submission for row in rows]).values_list("submission", flat=True))
    named = [row.own for row in rows if row.own]
    own = set(Lead.objects.filter(company_id=company_id, submission__in=named).values_list("submission", flat=True))
    return {row.submission for row in rows if row.submission in found or row.own in own}


def _shared(
    *, company: Company, member_id: int | None, language: str, state: str, now: datetime
) -> dict[str, Any]:
    """Columns that are the same in every row."""
    return {
        "company": company.pk,
        "posted_by": member_id,
        "country": company.country.code,
        "language": language,
        "state": state,
        "created_at": now,
        "updated_at": now,
        "hs_edition": hs.EDITION,
    }


def _insert(rows: Sequence[LeadRow], shared: dict[str, Any], *, posts: bool, now: datetime) -> set[UUID]:
    if not rows:
        return set()
    documents = [_document(row, posts=posts, now=now) for row in rows]
    given = {name for document in documents for name in document}
    columns, selects, record, values = [], [], [], []
    for field in Lead._meta.concrete_fields:
        if field.primary_key or isinstance(field, models.GeneratedField):
            continue
        column, kind = field.column, field.db_type(connection)
        if field.name == "rank":
            if not posts:
                continue
            selects.append(f"nextval('{RANKS}')")
        elif field.name in given or column in given:
            record.append(f"{column} {kind}")
            default = field.get_db_prep_save(_default(field), connection)
            selects.append(f"coalesce({column}, %s::{kind})" if default is not None else column)
            values += [default] if default is not None else []
        else:
            selects.append(f"%s::{kind}")
            value = shared[field.name] if field.name in shared else _default(field)
            values.append(field.get_db_prep_save(value, connection))
        columns.append(column)
    with connection.cursor() as cursor:
        # Names are the model's and ours; every value is a parameter.
        cursor.execute(
            f"INSERT INTO {Lead._meta.db_table} ({', '.join(columns)}, own_) SELECT {', '.join(selects)} "  # noqa: S608
            f"FROM json_to_recordset(%s) AS row({', '.join(record)}) "
            "ON CONFLICT DO NOTHING RETURNING submission".replace(", own_)", ")"),
            [*values, json.dumps(documents)],
        )
        return {submission for (submission,) in cursor.fetchall()}


def _document(row: LeadRow, *, posts: bool, now: datetime) -> dict[str, Any]:
    values = row.values
    document = values | {
        "submission": str(row.submission),
        "slug": public_slug(values["title"], fallback=row.fallback_slug),
        "price_on_request": not values.get("price"),
    }
    if posts:
        days = timedelta(days=values.get("valid_days") or DEFAULT_DAYS)
        document |= {"posted_at": now.isoformat(), "expires_at": (now + days).isoformat()}
    return document


def _default(field: "models.Field[Any, Any]") -> Any:
    return field.get_default()
