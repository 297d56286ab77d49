"""What the manual says of addresses and objects: the same description that programs read, for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from partners.description import described
from partners.fields import Schema

FEW = 8  # codes that are read in a line; more fold away


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a field of an object."""

    name: str
    what: str  # “text”, “whole number, 1 to 1000”
    codes: list[str]  # that it can be
    about: str
    is_required: bool

    @property
    def folds(self) -> bool:
        """Whether its codes are too many to stand in a line."""
        return len(self.codes) > FEW


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be called."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    needs_key: bool
    body: str  # the object that it is sent; "" for none
    parameters: list[Row]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object."""

    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """Everything that can be called, and everything that is read."""

    operations: list[Operation]
    things: list[Thing]


def marked(mark: str) -> list[str]:
    """The names of fields of any object that are only read (`readOnly`) or only sent (`writeOnly`)."""
    objects = described()["components"]["schemas"].values()
    return [*dict.fromkeys(name for one in objects for name, told in one.get("properties", {}).items() if mark in told)]


def reference_page() -> ReferencePage:
    """No query: it is all declared."""
    document = described()
    objects = {name: one for name, one in document["components"]["schemas"].items() if "properties" in one}
    things = [
        Thing(name, [_row(field, told, one) for field, told in one["properties"].items()])
        for name, one in objects.items()
    ]
    return ReferencePage(list(_operations(document["paths"])), things)


def _operations(paths: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in paths.items():
        for method, told in methods.items():
            needed = [one["key"] for one in told.get("security", []) if "key" in one]
            yield Operation(
                name=told["operationId"],
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                about=told.get("description", ""),
                scope=", ".join(needed[0]) if needed else "",
                needs_key=bool(needed),
                body=_body(told.get("requestBody", {})),
                parameters=[_parameter(one) for one in told.get("parameters", [])],
            )


def _body(told: Mapping[str, Any]) -> str:
    """The name of its object."""
    schemas = [one.get("schema", {}) for one in told.get("content", {}).values()]
    return next((one["$ref"].rpartition("/")[2] for one in schemas if "$ref" in one), "")


def _parameter(told: Mapping[str, Any]) -> Row:
    what, codes = _words(told["schema"])
    return Row(told["name"], what, codes, told.get("description", ""), told.get("required", False))


def _row(name: str, told: Schema, thing: Schema) -> Row:
    what, codes = _words(told)
    return Row(name, what, codes, told.get("description", ""), name in thing.get("required", ()))


TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
}
LISTED = {"code": "codes", "text": "texts"}
MARKS = {"readOnly": "only read", "writeOnly": "only sent"}
FORMATS = {"date-time": "moment, ISO 8601 with its zone", "date": "day, ISO 8601", "uri": "address", "uuid": "UUID"}


def _words(schema: Schema) -> tuple[str, list[str]]:
    """What values look like, in words, and the codes they can be."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "array" in kinds:
        what, codes = _words(schema.get("items", {}))
        members = ", ".join(schema.get("items", {}).get("properties", {}))
        return f"list of {members or LISTED.get(what, what)}", codes
    codes = [str(one) for one in schema.get("enum", ()) if one is not None]
    said = [FORMATS.get(schema.get("format", ""), TYPES[kind]) for kind in kinds if kind != "null"]
    words = " or ".join([*(["code"] if codes else said), *(["null"] if "null" in kinds else [])])
    return ", ".join([words, *_bounds(schema)]), codes


def _bounds(schema: Schema) -> Iterator[str]:
    if "maximum" in schema:
        yield f"{schema['minimum']} to {schema['maximum']}"
    if "maxLength" in schema:
        yield f"{schema['maxLength']} characters at most"
    if "default" in schema:
        yield f"otherwise {str(schema['default']).lower()}"
    yield from (words for mark, words in MARKS.items() if mark in schema)
