"""A column's value as JSON has it, and as people read it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from privacy.exporting.rows import Part

PLAIN = (str, int, float, bool, type(None))


def as_json(part: Part, row: models.Model) -> dict[str, Any]:
    """The columns of the copy. What a row points to is a number, with the name of what is public by nature."""
    return {field.name: _json_of(part, row, field) for field in part.given}


def as_words(part: Part, row: models.Model) -> list[str]:
    """The same for people: choices in words, dates as dates, "" for nothing."""
    return [_words_of(part, row, field) for field in part.given]


def _json_of(part: Part, row: models.Model, field: "models.Field[Any, Any]") -> Any:
    value = getattr(row, field.attname)
    if field.name in part.named and value is not None:
        return {"id": _plain(value), "name": _name(part, row, field)}
    if isinstance(value, FieldFile):
        return value.name or ""
    return _plain(value)


def _words_of(part: Part, row: models.Model, field: "models.Field[Any, Any]") -> str:
    value = getattr(row, field.attname)
    if field.name in part.named and value is not None:
        return _name(part, row, field)
    if field.name in part.choices and value not in (None, ""):
        return part.choices[field.name].get(value, str(value))
    return _said(value)


def _said(value: Any) -> str:
    return next((words(value) for kinds, words in WORDS if isinstance(value, kinds)), str(value))


WORDS: list[tuple[Any, Callable[[Any], str]]] = [  # the first that fits: a bool is an int, a datetime a date
    (type(None), lambda _value: ""),
    (bool, lambda value: _("yes") if value else _("no")),
    (datetime, lambda value: f"{date_format(value, 'DATETIME_FORMAT')} UTC"),
    (date, lambda value: date_format(value, "DATE_FORMAT")),
    (Decimal, lambda value: number_format(value.normalize())),
    ((list, tuple, set), lambda value: ", ".join(map(_said, value))),
    (dict, lambda value: "; ".join(f"{key}: {_said(one)}" for key, one in value.items())),
]


def _plain(value: Any) -> Any:
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(getattr(value, "as_e164", value))  # telephone numbers as ITU-T writes them


def _name(part: Part, row: models.Model, field: "models.Field[Any, Any]") -> str:
    return str(getattr(getattr(row, field.name), part.named[field.name]))
