"""What erasing does to the rows of one part of the map: some hundred at a time, in the caller's transaction.

An account is erased in many transactions, each a batch (erasing/running.py); what is kept about a mailbox without an
account in one, together with the click or the decision that asks for it (erasing/mailboxes.py).

Nothing is remembered between batches. A row that is done is not found any more: it is gone, or no longer about the
person, or holds nothing but what stands in its place. So beginning anew after a crash is going on.
"""

from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import translation

from privacy.cascades import files_below, files_of
from privacy.datamap import Column, Fate, Person
from privacy.exporting.rows import Part, parts
from privacy.selectors.holds import Holds
from privacy.snapshot import LANGUAGE

BATCH = 500  # rows in a transaction
STANDING = (Fate.KEEP, Fate.APP)
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Kept:
    """Rows that stay, as the person is told."""

    what: str
    why: list[str]
    until: list[str]
    rows: int
    held: bool = False  # by a legal hold: erased once that is over


def parts_to_erase() -> list[Part]:
    """Every part in which something is done here: rows that are found through other rows come before those."""
    found = [part for part in parts() if any(column.erase.action not in STANDING for column in part.columns)]
    return sorted(found, key=lambda part: (_is_identity(part), "__" not in part.about.key, part.name))


def _is_identity(part: Part) -> bool:
    """Rows by which the others are found go last; and what leads from a person to other rows before them."""
    return part.table.label in {"account.EmailAddress", "usersessions.UserSession", "privacy.ConsentLink"}


def erase_batch(part: Part, person: Person, *, held: Q, files: MutableSequence[str]) -> int:
    """Erase up to BATCH rows, in the caller's transaction; how many it were. 0: nothing is left to do."""
    changes = _changes(part.columns)
    rows = part.table.model._default_manager.filter(part.about.rows(person)).exclude(held)
    if changes is not None:
        rows = rows.filter(_pending(changes))
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:BATCH])
    if not keys:
        return 0
    batch = part.table.model._default_manager.filter(pk__in=keys)
    if changes is None:
        files.extend(files_of(part.table.model, keys))
        files.extend(files_below(part.table.model, keys))
        batch.delete()
    else:
        files.extend(files_of(part.table.model, keys, list(changes)))
        batch.update(**changes)
    return len(keys)


def kept_rows(person: Person) -> Iterator[Kept]:
    """What stays of the person and why, counted. A query a part."""
    for part in parts():
        stays = [column for column in part.columns if column.erase.action == Fate.KEEP]
        if not stays:
            continue
        count = part.table.rows_about(part.about, person).count()
        if count:
            yield Kept(str(part.table.what), _distinct(stays, "erase"), _distinct(stays, "keep"), count)


def must_wait(person: Person, holds: Holds) -> bool:
    """Whether a hold stands on something that cannot be left out and erased later.

    What an app erases in its own way is a company with all that hangs on it; and what is found by a mailbox is not
    found any more when the mailbox is gone.
    """
    found = (part for part in parts() if part.columns and part.table.model is not get_user_model())
    needed = (part for part in found if part.about.mailboxes or part.columns[0].erase.action == Fate.APP)
    return any(_held(part, person, holds).exists() for part in needed)


def held_rows(person: Person, holds: Holds) -> Iterator[Kept]:
    """What a legal hold keeps of the person for now, with the reasons of the holds on these very rows."""
    for part in parts_to_erase():
        rows = _held(part, person, holds)
        if count := rows.count():
            why, until = holds.words(part.table, rows)
            yield Kept(str(part.table.what), why, until, count, held=True)


def _held(part: Part, person: Person, holds: Holds) -> "models.QuerySet[Any, Any]":
    return part.table.model._default_manager.filter(part.about.rows(person)).filter(holds.on(part.table))


def _distinct(columns: Sequence[Column], name: str) -> list[str]:
    return list(dict.fromkeys(str(getattr(column, name).words) for column in columns))


def _changes(columns: Sequence[Column]) -> dict[str, Any] | None:
    """The new values of a row's columns; None where the whole row goes."""
    if any(column.erase.action == Fate.DELETE for column in columns):
        return None
    return {column.name: _after(column) for column in columns if column.erase.action not in STANDING}


def _after(column: Column) -> Any:
    """What stands in a column afterwards."""
    field: Any = column.field
    if column.erase.action == Fate.REPLACE:
        with translation.override(LANGUAGE):
            return str(column.erase.text)[: field.max_length]
    if field.null:
        return None
    if isinstance(field, ArrayField):
        return []
    return {} if isinstance(field, models.JSONField) else ""


def _pending(changes: dict[str, Any]) -> Q:
    """The rows in which something is not yet as it will be."""
    pending = Q(pk__in=[])
    for name, value in changes.items():
        pending |= Q(**{f"{name}__isnull": False}) if value is None else ~Q(**{name: value})
    return pending
