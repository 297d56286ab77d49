"""What others read of a thing, field by field: how the database writes it, what JSON Schema says of it, its meaning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, NullIf

Schema = Mapping[str, Any]
MOMENT: Schema = {"type": "string", "format": "date-time"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
COUNTRY: Schema = {"type": "string", "pattern": "^[A-Z]{2}$"}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: Django asks for a hash
class Field:
    """One field of an answer."""

    name: str
    value: Combinable
    schema: Schema
    about: str  # one sentence for the manual


class Decimal(Func):
    """A number as text without idle zeros: JSON readers would make a float of it."""

    function = "trim_scale"
    template = "%(function)s(%(expressions)s)::text"
    output_field = TextField()


class JsonText(Func):
    """An object of some fields, as the database writes it, in their order."""

    function = "json_build_object"
    template = "%(function)s(%(expressions)s)::text"
    output_field = TextField()

    def __init__(self, fields: Iterable[Field]) -> None:
        super().__init__(*(part for one in fields for part in (Value(one.name), one.value)))


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    kinds = {**schema, "type": [schema["type"], "null"]}
    return {**kinds, "enum": [*schema["enum"], None]} if "enum" in schema else kinds


def stated(name: str, about: str, *, of: str = "", schema: Schema = {"type": "string"}) -> Field:  # noqa: B006 - read only
    """A column as it is; `of` is its path where it is called otherwise."""
    return Field(name, F(of or name), schema, about)


def perhaps(name: str, about: str, *, of: str = "", schema: Schema = {"type": "string"}) -> Field:  # noqa: B006 - read only
    """Text that may be missing: null rather than nothing between quotation marks."""
    return Field(name, NullIf(F(of or name), Value("")), nullable(schema), about)


def one_of(choices: Iterable[str]) -> Schema:
    """One of these codes."""
    return {"type": "string", "enum": list(choices)}


def several(schema: Schema) -> Schema:
    """A list of such."""
    return {"type": "array", "items": schema}


def address(prefix: str, path: str, ending: str = "") -> Combinable:
    """An absolute address made of a column."""
    return Concat(Value(prefix), F(path), Value(ending), output_field=TextField())
