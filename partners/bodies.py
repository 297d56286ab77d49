"""Reading bodies strictly: what is unknown or wrong is named, never passed over."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from partners.problems import Fault, bad_body, faults_in


def read_body(kind: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The members, checked; with `partial` none is needed. Raises Problem that names each that is wrong."""
    body = request.data
    if not isinstance(body, Mapping):
        raise bad_body([Fault("body", "", "must be an object.")])
    form = kind(data=body, partial=partial)
    known = form.fields
    faults = [
        Fault("body", name, f"is not known here. Known are: {', '.join(known) or 'none'}.")
        for name in body
        if name not in known
    ]
    if not form.is_valid():
        faults += faults_in(form.errors, where="body")
    if faults:
        raise bad_body(faults)
    return dict(form.validated_data)
