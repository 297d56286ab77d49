"""Deleting rows with all that hangs on them, and keeping account of their files."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from privacy.departures import named_file

Model = type[models.Model]


def file_fields(model: Model) -> list[models.FileField]:
    """The columns that name files."""
    return [field for field in model._meta.concrete_fields if isinstance(field, models.FileField)]


def files_of(model: Model, keys: Sequence[Any], columns: Sequence[str] | None = None) -> list[str]:
    """The files of some rows, as `named_file` writes them; `columns`: of these alone."""
    wanted = [one.name for one in file_fields(model) if columns is None or one.name in columns]
    if not wanted:
        return []
    rows = model._default_manager.filter(pk__in=keys).only("pk", *wanted)
    return [name for row in rows for column in wanted if (name := named_file(row, column))]


def files_below(model: Model, keys: Sequence[Any]) -> Iterator[str]:
    """The files of rows that are deleted with these."""
    for child, column in children(model):
        found = list(child._default_manager.filter(**{f"{column}__in": keys}).values_list("pk", flat=True))
        if found:
            yield from files_of(child, found)
            yield from files_below(child, found)


def children(model: Model) -> list[tuple[Model, str]]:
    """The tables whose rows go with rows of this one, and the column that says so; also those without a way back."""
    fields = [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, models.ManyToOneRel)]
    relations = [one for one in fields if one.on_delete is models.CASCADE]
    return [(one.related_model, one.field.name) for one in relations if not isinstance(one.related_model, str)]


def delete_files(named: Sequence[str]) -> None:
    """Delete files by the names that `named_file` gave them; twice does no harm."""
    for one in named:
        column, _blank, name = one.partition(" ")
        label, _dot, field_name = column.rpartition(".")
        field = apps.get_model(label)._meta.get_field(field_name)
        if isinstance(field, models.FileField):
            field.storage.delete(name)
