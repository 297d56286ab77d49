"""GET /api/v1/changes/: what has changed since a cursor."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from partners.api.removals import REMOVAL
from partners.authentication import scope_missing, scopes_of
from partners.counting import note_reading
from partners.cursors import LONGEST, NotOurCursor, read_place
from partners.endpoints import JSON, Component, Endpoint, json_answer, key_of
from partners.fields import MOMENT, Schema, one_of, with_all
from partners.models import ApiKey
from partners.numbering import number_some
from partners.parameters import PageSize, read_query
from partners.problems import Fault, Problem, bad_parameters
from partners.scopes import Scope
from partners.selectors.changes import CursorGone, changes_page
from partners.selectors.webhooks import readable_kinds
from partners.sources import sources


class ChangesQuery(serializers.Serializer[Any]):
    """What the feed understands."""

    after = serializers.CharField(
        max_length=LONGEST, help_text="The cursor `next` of the page before; the first one comes with an export."
    )
    page_size = PageSize(about="Changes on a page.")
    kind = serializers.CharField(
        required=False, max_length=100, help_text="Only changes of these kinds, parted by commas; none for all."
    )


class Changes(Endpoint):
    """The feed. A key sees the kinds that it may read."""

    scope, query = Scope.CHANGES_READ, ChangesQuery
    problems = (410,)
    about = (
        "Ask again with `next` until `has_more` is false, then from time to time. Each thing comes once, as it is now: "
        "`upsert` with the whole object, `remove` without one. A removal with the reason `privacy` was asked for by a "
        "person: delete every copy. A cursor is good for the kinds of which you were told on the way to it, or for "
        "fewer: for more, export again."
    )

    def answers(self, component: Component) -> Mapping[str, Schema]:
        """A page of changes; an object of any kind."""
        things = [with_all(component(one.kind.title(), one.fields), one.fields) for one in sources().values()]
        return {JSON: changes_schema(things, removal=component("Removal", REMOVAL))}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The kinds."""
        return {"kind": sources()}

    def get(self, request: Request) -> HttpResponseBase:
        """A page; `next` is the cursor for the next call, also where nothing has changed.

        What is committed by now is numbered first, so that a reader lags behind by nothing but its own pace. Of a great
        many changes it is the first 5,000, and the rest is on later pages; so it is while another process is numbering.
        """
        query = read_query(self.query, request)
        key = key_of(request)
        kinds = _kinds(key, query.get("kind", ""))
        is_behind = number_some(now=timezone.now())
        try:
            page = changes_page(after=query["after"], kinds=kinds, most=query["page_size"], partner=key.partner)
        except NotOurCursor as error:
            raise bad_parameters([Fault("query", "after", "is no cursor of this feed.")]) from error
        except CursorGone as error:
            raise Problem(
                status=410,
                kind="export-again",
                title="The cursor has ended",
                detail="What was removed since then is not known any more, or you now read kinds of things of which "
                "you were not told on the way there. Export everything again.",
            ) from error
        note_reading(key=key.pk, place=read_place(page.next_cursor), at=timezone.now())
        tail = f'"next": {json.dumps(page.next_cursor)}, "has_more": {json.dumps(page.has_more or is_behind)}'
        return json_answer(request, f'{{"changes": [{", ".join(page.changes)}], {tail}}}')


def _kinds(key: ApiKey, wanted: str) -> list[str]:
    """Those that the key may read, of those that are asked for. Raises Problem."""
    allowed = readable_kinds(scopes_of(key))
    named = wanted.split(",") if wanted else []
    if unknown := [one for one in named if one not in sources()]:
        detail = f"“{'”, “'.join(unknown)}” is not known. Known are: {', '.join(sources())}."
        raise bad_parameters([Fault("query", "kind", detail)])
    if missing := [one for one in named if one not in allowed]:
        needed = sources()[missing[0]].scope
        raise scope_missing(needed, f"Changes of the kind {missing[0]} need the scope {needed.value}.")
    if not allowed:  # the feed would be empty for ever, and look as if nothing changed
        scopes = ", ".join(sorted({one.scope.value for one in sources().values()}))
        raise scope_missing(None, f"The key may read nothing that changes. It needs one of these too: {scopes}.")
    return named or allowed


def changes_schema(things: Sequence[Schema], *, removal: Schema) -> Schema:
    """What a page of changes looks like."""
    told = {"kind": one_of(sources()), "id": {"type": "string"}, "at": MOMENT}
    upsert = {"action": {"const": "upsert"}, **told, "object": {"anyOf": list(things)}}
    remove = {"action": {"const": "remove"}, **told, "reason": one_of(["gone", "privacy"])}
    told_removal = {**remove, "removal": removal}  # stands only where the reader owes a receipt
    kinds = [
        {"type": "object", "properties": upsert, "required": list(upsert)},
        {"type": "object", "properties": told_removal, "required": list(remove)},
    ]
    page: dict[str, Schema] = {
        "changes": {"type": "array", "items": {"oneOf": kinds}},
        "next": {"type": "string", "description": "The cursor of the next call, also where nothing has changed."},
        "has_more": {"type": "boolean"},
    }
    return {"type": "object", "properties": page, "required": list(page)}
