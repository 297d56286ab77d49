"""GET /api/v1/export/<plural>.ndjson: everything public of one kind."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request

from partners.authentication import scopes_of
from partners.cursors import NotOurCursor
from partners.endpoints import Endpoint, key_of, streamed_answer
from partners.exporting import export_lines, resumed_from
from partners.parameters import read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.scopes import Scope
from partners.sources import source_of

NDJSON = "application/x-ndjson"


class ExportQuery(serializers.Serializer[Any]):
    """What an export understands."""

    after = serializers.CharField(
        required=False, max_length=400, help_text="Where to resume: the cursor of the last line `resume` that arrived."
    )


class Export(Endpoint):
    """One object a line, and lines that say where the feed and a resumed export continue."""

    scope = Scope.CHANGES_READ

    def get(self, request: Request, plural: str) -> HttpResponseBase:
        """The lines, as they are read."""
        source = source_of(plural)
        if source is None:
            raise Http404
        if source.scope not in scopes_of(key_of(request)):
            raise Problem(
                status=403,
                kind="scope-missing",
                title="The key may not do this",
                detail=f"It needs the scope {source.scope.value}.",
            )
        query = read_query(ExportQuery, request)
        try:
            after = resumed_from(source, query.get("after", ""))
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this export.")]) from error
        return streamed_answer(request, export_lines(source, after=after), kind=NDJSON, name=f"{plural}.ndjson")
