"""GET /api/v1/<plural>/ and /api/v1/<plural>/<id>/: a page of one kind of thing, and one of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer
from partners.fields import Schema, nullable
from partners.parameters import OneQuery, PageQuery, chosen_fields, read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.selectors.gone import has_gone
from partners.sources import Source

Asked = Mapping[str, Any]
OF_A_PAGE = {"after", "page_size", "fields"}  # what may differ from page to page


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows, in order."""

    numbers: Sequence[int]
    next_place: str  # where the next page goes on; "" on the last


class Things(Endpoint):
    """A page. A room above says what can be asked for (`query`) and how it is found (`find`)."""

    source: ClassVar[Source]
    query: ClassVar[type[PageQuery]] = PageQuery

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: page_schema(component(self.source.kind.title(), self.source.fields))}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in self.source.fields]}

    def get(self, request: Request) -> HttpResponseBase:
        """Read the query, find, write."""
        asked = read_query(self.query, request)
        fields = chosen_fields(self.source.fields, asked.get("fields", ""))
        now, what = timezone.now(), self.order(asked)
        try:
            after = read_cursor(what, asked["after"]) if "after" in asked else ""
            found = self.find(asked, after=after, most=asked["page_size"], now=now)
        except NotOurCursor as error:
            raise not_from_here() from error
        things = self.source.of_numbers(found.numbers, fields=fields, now=now)
        next_cursor = write_cursor(what, found.next_place) if found.next_place else None
        return json_answer(request, page_text(things, next_cursor))

    def order(self, asked: Asked) -> str:
        """What a cursor is good for: a place in one list means nothing in one with other filters or another order."""
        filters = {
            name: sorted(one) if isinstance(one, list | tuple) else one
            for name, one in asked.items()
            if name not in OF_A_PAGE
        }
        return f"{self.source.plural} {json.dumps(filters, sort_keys=True, default=str)}"

    def find(self, asked: Asked, *, after: str, most: int, now: datetime) -> Found:
        """All there are, in the order in which they came. Raises NotOurCursor."""
        rows = self.source.public(now).filter(pk__gt=int(after or 0)).order_by("pk")
        numbers = list(rows.values_list("pk", flat=True)[: most + 1])
        return Found(numbers[:most], str(numbers[most - 1]) if len(numbers) > most else "")


class Thing(Endpoint):
    """One of them."""

    source: ClassVar[Source]
    query: ClassVar[type[OneQuery]] = OneQuery
    problems = (404, 410)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The thing."""
        return {JSON: component(self.source.kind.title(), self.source.fields)}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in self.source.fields]}

    def get(self, request: Request, key: str) -> HttpResponseBase:
        """The same object that the list, the export and the feed give."""
        asked = read_query(self.query, request)
        fields = chosen_fields(self.source.fields, asked.get("fields", ""))
        now = timezone.now()
        rows = self.source.public(now).filter(**{self.source.key: key})
        thing = next(iter(self.source.as_json(rows, fields=fields)), None)
        if thing is not None:
            return json_answer(request, thing)
        if has_gone(self.source, key, now=now):
            raise Problem(
                status=410,
                kind="gone",
                title="It has gone",
                detail=f"The {self.source.kind} was public and is not any more. Remove it where you show it.",
            )
        raise Http404


def not_from_here() -> Problem:
    """400, naming `after`."""
    return bad_parameters([Fault("query", "after", "is no cursor of this list with these filters, in this order.")])


def page_text(things: Iterable[str], next_cursor: str | None) -> str:
    """A page of things that are JSON already."""
    return f'{{"results": [{", ".join(things)}], "next": {json.dumps(next_cursor)}}}'


def page_schema(thing: Schema) -> Schema:
    """What `page_text` writes."""
    return {
        "type": "object",
        "properties": {
            "results": {"type": "array", "items": thing},
            "next": {**nullable({"type": "string"}), "description": "The cursor of the next page; null on the last."},
        },
        "required": ["results", "next"],
    }
