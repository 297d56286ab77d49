"""Reading query strings strictly: what is unknown, sent twice or wrong is named, never passed over."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.request import Request

from partners.cursors import LONGEST
from partners.fields import Described
from partners.problems import Fault, bad_parameters, faults_in

DEFAULT_SIZE, LARGEST_SIZE = 100, 1000
Chosen = TypeVar("Chosen", bound=Described)


class NoQuery(serializers.Serializer[Any]):
    """No parameters."""


class OneQuery(serializers.Serializer[Any]):
    """What the address of a single thing understands."""

    fields = serializers.CharField(  # type: ignore[assignment]  # declared fields are no attributes
        required=False,
        max_length=1000,
        help_text="Names of fields, parted by commas; `id` always comes along. None for all.",
    )


class PageSize(serializers.IntegerField):
    """How many come at once: digits and nothing else, of which another language's library would read something else."""

    default_error_messages = {"invalid": "is no whole number. Send digits only, such as 100."}
    shape = re.compile(r"[0-9]{1,9}")

    def __init__(self, *, about: str) -> None:
        super().__init__(required=False, min_value=1, max_value=LARGEST_SIZE, default=DEFAULT_SIZE, help_text=about)

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not self.shape.fullmatch(str(data)):
            self.fail("invalid")
        return int(data)


class PageQuery(OneQuery):
    """What every list understands."""

    after = serializers.CharField(
        required=False, max_length=LONGEST, help_text="The cursor `next` of the page before; none for the first page."
    )
    page_size = PageSize(about="Things on a page at most.")


def read_query(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The parameters, checked. Raises Problem that names each that is wrong."""
    query, known = request.query_params, kind().fields
    lists = {
        name for name, one in known.items() if isinstance(one, serializers.MultipleChoiceField | serializers.ListField)
    }
    # A plain dictionary: of a form, what is left blank would count as not sent.
    form = kind(data={name: query.getlist(name) if name in lists else query[name] for name in query})
    unknown = [name for name in query if name not in known]
    faults = [Fault("query", name, "is not known here.") for name in unknown]
    if unknown:  # once, however many there are
        faults[0] = Fault("query", unknown[0], f"is not known here. Known are: {', '.join(known) or 'none'}.")
    faults += [
        Fault("query", name, "is given more than once.")
        for name in query
        if name in known and name not in lists and len(query.getlist(name)) > 1
    ]
    if not form.is_valid():
        faults += [
            Fault("query", one.name.partition(".")[0], one.detail) for one in faults_in(form.errors, where="query")
        ]
    if faults:
        raise bad_parameters(faults)
    return dict(form.validated_data)


def chosen_fields(fields: Sequence[Chosen], names: str) -> tuple[Chosen, ...]:
    """The first of these fields and those that `fields` names, in their order; all for "". Raises Problem."""
    wanted = set(names.split(",")) if names else set()
    known = [one.name for one in fields]
    if unknown := sorted(wanted.difference(known)):
        detail = f"“{'”, “'.join(unknown)}” is not known. Known are: {', '.join(known)}."
        raise bad_parameters([Fault("query", "fields", detail)])
    return tuple(one for at, one in enumerate(fields) if not wanted or at == 0 or one.name in wanted)
