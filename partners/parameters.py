"""Reading query strings strictly: what is unknown, sent twice or wrong is named, never passed over."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from partners.problems import Fault, bad_parameters, faults_in
from partners.sources import Source

DEFAULT_SIZE, LARGEST_SIZE = 100, 1000


class PageQuery(serializers.Serializer[Any]):
    """What every list understands."""

    after = serializers.CharField(
        required=False, max_length=400, help_text="The cursor `next` of the page before; none for the first page."
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE, help_text="Things on a page."
    )
    fields = serializers.CharField(  # type: ignore[assignment]  # declared fields are no attributes
        required=False, max_length=1000, help_text="Names of fields, parted by commas; `id` always comes along."
    )


def read_query(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The parameters, checked. Raises Problem that names each that is wrong."""
    query, form = request.query_params, kind(data=request.query_params)
    known = form.fields
    lists = {
        name for name, one in known.items() if isinstance(one, serializers.MultipleChoiceField | serializers.ListField)
    }
    faults = [
        Fault("query", name, f"is not known here. Known are: {', '.join(known)}.")
        for name in query
        if name not in known
    ]
    faults += [
        Fault("query", name, "is given more than once.")
        for name in query
        if name in known and name not in lists and len(query.getlist(name)) > 1
    ]
    if not form.is_valid():
        faults += faults_in(form.errors, where="query")
    if faults:
        raise bad_parameters(faults)
    return dict(form.validated_data)


def chosen_fields(source: Source, names: str) -> tuple[Any, ...]:
    """The fields of a source that the parameter `fields` names; all for "". Raises Problem."""
    wanted = [one.strip() for one in names.split(",") if one.strip()]
    known = [one.name for one in source.fields]
    if unknown := [one for one in wanted if one not in known]:
        detail = f"{', '.join(unknown)} is not known. Known are: {', '.join(known)}."
        raise bad_parameters([Fault("query", "fields", detail)])
    return source.chosen(wanted)
