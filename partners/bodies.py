"""Reading bodies strictly: what is unknown or wrong is named, never passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from partners.problems import Fault, bad_body, faults_in


def read_body(kind: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The members, checked; with `partial` none is needed. Raises Problem that names each that is wrong.

    Of members that belong elsewhere, `elsewhere` of the serializer says what to do instead.
    """
    body = request.data
    if not isinstance(body, Mapping):
        raise bad_body([Fault("body", "", "must be an object.")])
    form = kind(data=body, partial=partial)
    faults = list(_unknown(form, body))
    if not form.is_valid():
        faults += faults_in(form.errors, where="body")
    if faults:
        raise bad_body(faults)
    return dict(form.validated_data)


def _unknown(form: serializers.Serializer[Any], sent: Mapping[str, Any], *, within: str = "") -> Iterator[Fault]:
    """The members that the serializer does not know, also in objects of objects and in lists of them."""
    elsewhere: Mapping[str, str] = getattr(form, "elsewhere", {})
    for name in sent:
        if name not in form.fields:
            told = f"is not known here. Known are: {', '.join(form.fields) or 'none'}."
            yield Fault("body", within + name, elsewhere.get(name, told))
    for name, field in form.fields.items():
        inner, value = getattr(field, "child", field), sent.get(name)
        if isinstance(inner, serializers.Serializer):
            parts = enumerate(value) if isinstance(value, list) else [("", value)]
            for at, part in parts:
                path = ".".join(str(one) for one in (name, at) if one != "")
                if isinstance(part, Mapping):
                    yield from _unknown(inner, part, within=f"{within}{path}.")
