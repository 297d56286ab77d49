"""Reading bodies strictly: what is unknown or wrong is named, never passed over."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from partners.problems import MOST_FAULTS, Fault, bad_body, faults_in


class Nothing(serializers.Serializer[Any]):
    """A body without members, or none at all."""


def read_body(kind: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The members, checked; with `partial` none is needed. Raises Problem that names each that is wrong.

    Of members that belong elsewhere, `elsewhere` of the serializer says what to do instead.
    """
    body = request.data
    if not isinstance(body, Mapping):
        raise bad_body([Fault("body", "", "The body must be an object.")])
    form = kind(data=body, partial=partial)
    faults = list(islice(_unknown(form, body, told=set()), MOST_FAULTS + 1))
    if not form.is_valid():
        faults += faults_in(form.errors, where="body")
    if faults:
        raise bad_body(faults)
    return dict(form.validated_data)


def _unknown(
    form: serializers.Serializer[Any], sent: Mapping[str, Any], *, told: set[type], within: str = ""
) -> Iterator[Fault]:
    """The members that the serializer does not know, also in objects of objects and in lists of them.

    The first of them says which are known. `told` has the kinds of objects of which that was said.
    """
    elsewhere: Mapping[str, str] = getattr(form, "elsewhere", {})
    for name in sent:
        if name in elsewhere:
            yield Fault("body", within + name, elsewhere[name])
        elif name not in form.fields:
            known = "" if type(form) in told else f" Known are: {', '.join(form.fields) or 'none'}."
            told.add(type(form))
            yield Fault("body", within + name, f"is not known here.{known}")
    for name, field in form.fields.items():
        inner, value = getattr(field, "child", field), sent.get(name)
        if isinstance(inner, serializers.Serializer):
            parts = enumerate(value) if isinstance(value, list) else [("", value)]
            for at, part in parts:
                path = ".".join(str(one) for one in (name, at) if one != "")
                if isinstance(part, Mapping):
                    yield from _unknown(inner, part, told=told, within=f"{within}{path}.")


class FewItems(serializers.ListField):
    """A list that is not looked into where it has more items than there may be."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.most = max_length

    def to_internal_value(self, data: Any) -> list[Any]:
        """The items."""
        if isinstance(data, list) and len(data) > self.most:
            raise serializers.ValidationError(f"takes {self.most} items at most; there are {len(data)}.")
        read: list[Any] = super().to_internal_value(data)
        return read
