"""Rows whose time is over: found by what the map says, deleted some hundred at a time.

Each batch is a transaction of its own and passes over rows that somebody is changing, so that it waits for nobody and
nobody waits for it longer than a batch takes. What hangs on a row goes with it, in the same transaction.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.db.models import Q

from privacy import datamap
from privacy.cascades import children, files_of
from privacy.datamap import Keep, Table
from privacy.selectors.holds import Holds

BATCH = 500  # rows in a transaction


class Note(Protocol):
    """Writes down, in the batch's own transaction, what it deleted."""

    def __call__(self, *, table: str, rows: int, files: Sequence[str]) -> None:
        """`table` is the label of its table, `files` as `named_file` writes them."""


def timed_tables() -> Iterator[tuple[Table, Keep]]:
    """The tables whose rows have a time, with it."""
    for table in datamap.tables_about_people():
        keep = next((column.keep for column in table.columns if column.keep.has_time), None)
        if keep is not None:
            yield table, keep


def overdue(table: Table, keep: Keep, *, at: datetime) -> "models.QuerySet[Any, Any]":
    """The rows whose time is over."""
    over = keep.rows_over(at=at)
    return table.model._default_manager.filter(Q(pk__in=[]) if over is None else over)


def sweep_table(table: Table, keep: Keep, *, holds: Holds, note: Note, at: datetime) -> Iterator[int]:
    """Delete what is overdue and not held; yields after each batch how many rows of the table it were.

    A row is locked and asked again before what hangs on it goes: somebody may have written to it meanwhile.
    """
    last: Any = None
    size = BATCH if not children(table.model) else max(1, BATCH // 10)  # each takes others along
    while True:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:  # a crash may bring the last batches back: the next sweep takes them
                cursor.execute("SET LOCAL synchronous_commit TO off")
            rows = overdue(table, keep, at=at).exclude(holds.on(table)).order_by("pk")
            rows = rows if last is None else rows.filter(pk__gt=last)
            locked = rows.select_for_update(skip_locked=True, of=("self",))
            keys = list(locked.values_list("pk", flat=True)[:size])
            if keys:
                _delete(table.model, keys, note=note)
        if not keys:
            return
        yield len(keys)
        last = keys[-1]


def _delete(model: type[models.Model], keys: Sequence[Any], *, note: Note) -> None:
    """Rows with all that hangs on them, the lowest first."""
    for child, column in children(model):
        below = list(child._default_manager.filter(**{f"{column}__in": keys}).values_list("pk", flat=True))
        if below:
            _delete(child, below, note=note)
    note(table=model._meta.label, rows=len(keys), files=files_of(model, keys))
    model._default_manager.filter(pk__in=keys).delete()
