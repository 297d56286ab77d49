"""Rows whose time is over: found by what the map says, deleted some hundred at a time.

Each batch is a transaction of its own and passes over rows that somebody is changing, so that it waits for nobody and
nobody waits for it longer than a batch takes. What hangs on a row is deleted before it, in batches too: it is as old.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import models, transaction
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
    """Delete what is overdue and not held; yields after each batch how many rows of the table it were."""
    last: Any = None
    while True:
        rows = overdue(table, keep, at=at).exclude(holds.on(table)).order_by("pk")
        keys = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield from (0 for _batch in _delete_below(table.model, keys, note=note))
        with transaction.atomic(durable=True):
            free = overdue(table, keep, at=at).filter(pk__in=keys).select_for_update(skip_locked=True, of=("self",))
            gone = list(free.values_list("pk", flat=True))
            note(table=table.label, rows=len(gone), files=files_of(table.model, gone))
            table.model._default_manager.filter(pk__in=gone).delete()
        yield len(gone)
        last = keys[-1]


def _delete_below(model: type[models.Model], keys: Sequence[Any], *, note: Note) -> Iterator[None]:
    for child, column in children(model):
        while True:
            below = child._default_manager.filter(**{f"{column}__in": keys}).order_by("pk")
            found = list(below.values_list("pk", flat=True)[:BATCH])
            if not found:
                break
            yield from _delete_below(child, found, note=note)
            with transaction.atomic(durable=True):
                note(table=child._meta.label, rows=len(found), files=files_of(child, found))
                child._default_manager.filter(pk__in=found).delete()
            yield
