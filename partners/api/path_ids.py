"""Ids in addresses that are UUIDs: one that is written wrongly is named, and not taken for an unknown address."""

from uuid import UUID

from django.urls.converters import SlugConverter

from partners.excerpts import excerpt
from partners.problems import Fault, Problem


class IdConverter(SlugConverter):
    """`<id:name>` takes whatever could be meant as an id; the view reads it with `read_id`."""


def read_id(name: str, text: str) -> UUID:
    """The id that stands in the address as `name`. Raises Problem."""
    try:
        return UUID(text)
    except ValueError as error:
        fault = Fault("path", name, f"“{excerpt(text)}” is no id: ids here are UUIDs, as answers give them.")
        raise Problem(
            status=404, kind="not-found", title="There is nothing here", detail=fault.detail, faults=[fault]
        ) from error
