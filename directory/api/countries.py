"""GET /api/v1/countries/ and /api/v1/countries/<code>/: the codes by which everything here names countries."""

import json
from collections.abc import Iterable, Mapping

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework.request import Request

from directory.places import COUNTRIES, country_name, is_country
from partners.api.things import not_from_here, page_schema, page_text
from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.endpoints import JSON, Component, Endpoint, json_answer
from partners.fields import COUNTRY, Plain, Schema
from partners.parameters import OneQuery, PageQuery, chosen_fields, read_query

FIELDS = (
    Plain("id", COUNTRY, "ISO 3166-1 alpha-2."),
    Plain("name", {"type": "string"}, "In English."),
)
KIND = "country"


class Countries(Endpoint):
    """All of them, in the order of their codes."""

    query = PageQuery

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page."""
        return {JSON: page_schema(component("Country", FIELDS))}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in FIELDS]}

    def get(self, request: Request) -> HttpResponseBase:
        """A page; the largest holds them all."""
        asked = read_query(self.query, request)
        fields = chosen_fields(FIELDS, asked.get("fields", ""))
        try:
            after = read_cursor(KIND, asked["after"]) if "after" in asked else ""
        except NotOurCursor as error:
            raise not_from_here() from error
        ahead, most = [code for code in COUNTRIES if code > after], asked["page_size"]
        next_cursor = write_cursor(KIND, ahead[most - 1]) if len(ahead) > most else None
        return json_answer(request, page_text([_written(code, fields) for code in ahead[:most]], next_cursor))


class OneCountry(Endpoint):
    """A country."""

    query = OneQuery
    problems = (404,)

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """The country."""
        return {JSON: component("Country", FIELDS)}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The names of fields."""
        return {"fields": [one.name for one in FIELDS]}

    def get(self, request: Request, key: str) -> HttpResponseBase:
        """By its code, in capitals."""
        asked = read_query(self.query, request)
        fields = chosen_fields(FIELDS, asked.get("fields", ""))
        if not is_country(key):
            raise Http404
        return json_answer(request, _written(key, fields))


def _written(code: str, fields: tuple[Plain, ...]) -> str:
    with translation.override("en"):
        values = {"id": code, "name": country_name(code)}
    return json.dumps({one.name: values[one.name] for one in fields}, ensure_ascii=False)
