"""GET /api/v1/export/<plural>.ndjson: everything public of one kind."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from partners.authentication import scope_missing, scopes_of
from partners.cursors import LONGEST, NotOurCursor
from partners.endpoints import Component, Endpoint, key_of, streamed_answer
from partners.excerpts import excerpt
from partners.exporting import export_lines, resumed_from
from partners.fields import Schema
from partners.parameters import read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.scopes import Scope
from partners.selectors.webhooks import readable_kinds
from partners.sources import source_of, sources

NDJSON = "application/x-ndjson"


class ExportQuery(serializers.Serializer[Any]):
    """What an export understands."""

    after = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="Where to resume: the cursor of the last line `resume` that arrived.",
    )


class Lines(JSONRenderer):
    """Lets in who asks for lines alone; they are written by the database."""

    media_type = NDJSON


class Export(Endpoint):
    """One object a line, and lines that say where the feed and a resumed export continue."""

    scope, query = Scope.CHANGES_READ, ExportQuery
    renderer_classes = (JSONRenderer, Lines)
    problems = (404,)
    tagged = ()
    about = (
        'Lines that begin with `{"@":` are no things. `begin` comes first and holds the cursor for the feed; '
        "`resume` holds the cursor for `after`, should the connection break; `end` says that all was sent."
    )

    def answers(self, _component: Component) -> Mapping[str, Schema]:
        """Lines."""
        return {NDJSON: {"type": "string", "description": "A JSON object a line: the same objects as in the lists."}}

    def words(self) -> Mapping[str, Iterable[str]]:
        """What can be exported."""
        return {"plural": [one.plural for one in sources().values()]}

    def get(self, request: Request, plural: str) -> HttpResponseBase:
        """The lines, as they are read."""
        source = source_of(plural)
        if source is None:
            known = ", ".join(self.words()["plural"])
            detail = f"There is no export of “{excerpt(plural)}”. There are: {known}."
            raise Problem(status=404, kind="not-found", title="There is nothing here", detail=detail)
        if source.scope not in scopes_of(key_of(request)):
            raise scope_missing(source.scope)
        query = read_query(self.query, request)
        try:
            after = resumed_from(source, query.get("after", ""))
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this export.")]) from error
        lines = export_lines(source, after=after, readable=readable_kinds(scopes_of(key_of(request))))
        return streamed_answer(request, lines, kind=NDJSON, name=f"{plural}.ndjson")
