"""Every error of the API in one shape: problem details (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from partners.excerpts import LONGEST_DETAIL, excerpt

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 20  # that an answer names: it must not grow with what somebody sends


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request, and where."""

    where: str  # "query", "body", "header" or "path"
    name: str  # of the parameter, or the path to the member of the body: "price_tiers.0.price"
    detail: str

    @property
    def sentence(self) -> str:
        """For people: with the name, where it has one."""
        return f"{self.name}: {self.detail}" if self.name else self.detail

    def as_json(self) -> dict[str, str]:
        """As answers have it."""
        return {"in": self.where, "name": self.name, "detail": self.detail}


class Problem(exceptions.APIException):
    """A problem of ours. `kind` ends the address of its description in the manual."""

    def __init__(
        self,
        *,
        status: int,
        kind: str,
        title: str,
        detail: str,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.kind, self.title, self.faults = kind, title, tuple(faults)
        self.headers = dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        """The members that RFC 9457 names, and `errors` where something can be pointed at."""
        members = {
            "type": f"{settings.SITE_URL}/api/v1/docs/problems/#{self.kind}",
            "title": self.title,
            "status": self.status_code,
            "detail": str(self.detail),
        }
        if self.faults:
            members["errors"] = [one.as_json() for one in self.faults]
        return members


def bad_parameters(faults: Iterable[Fault]) -> Problem:
    """400, naming each parameter."""
    found, told = _told(faults)
    return Problem(status=400, kind="bad-parameters", title="A parameter is wrong", detail=told, faults=found)


def bad_body(faults: Iterable[Fault]) -> Problem:
    """422, naming each member."""
    found, told = _told(faults)
    return Problem(status=422, kind="bad-body", title="The body does not fit", detail=told, faults=found)


def _told(faults: Iterable[Fault]) -> tuple[list[Fault], str]:
    """The first ones, and all of these in words; of what is beyond only that there is more."""
    found = [
        Fault(one.where, excerpt(one.name), excerpt(one.detail, LONGEST_DETAIL))
        for one in islice(faults, MOST_FAULTS + 1)
    ]
    more = [f"There are more errors; these are the first {MOST_FAULTS}."] if len(found) > MOST_FAULTS else []
    found = found[:MOST_FAULTS]
    return found, " ".join([*(one.sentence for one in found), *more])


def faults_in(errors: Any, *, where: str, name: str = "") -> list[Fault]:
    """What a serializer says, flattened."""
    if isinstance(errors, Mapping):
        parts = [(key if key != "non_field_errors" else "", value) for key, value in errors.items()]
        return [one for key, value in parts for one in faults_in(value, where=where, name=_path(name, str(key)))]
    if isinstance(errors, list) and any(isinstance(one, Mapping) for one in errors):
        return [
            one for at, value in enumerate(errors) for one in faults_in(value, where=where, name=_path(name, str(at)))
        ]
    said = errors if isinstance(errors, list) else [errors]
    return [Fault(where, name, str(one)) for one in said]


def problem_response(problem: Problem) -> HttpResponse:
    """The answer, for whoever stands outside of the API's views."""
    return HttpResponse(
        json.dumps(problem.as_json()), content_type=MEDIA_TYPE, status=problem.status_code, headers=problem.headers
    )


def answer_with_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """What Django REST framework calls for every error that a view raises; None is a fault of ours, and logged."""
    problem = _problem_of(_explained(error, context.get("view")))
    if problem is None:
        return None
    set_rollback()
    return Response(problem.as_json(), status=problem.status_code, headers=problem.headers, content_type=MEDIA_TYPE)


TITLES = {
    status.HTTP_400_BAD_REQUEST: ("bad-request", "The request cannot be read"),
    status.HTTP_401_UNAUTHORIZED: ("unauthorized", "A valid key is needed"),
    status.HTTP_403_FORBIDDEN: ("forbidden", "The key may not do this"),
    status.HTTP_404_NOT_FOUND: ("not-found", "There is nothing here"),
    status.HTTP_405_METHOD_NOT_ALLOWED: ("method-not-allowed", "This address knows no such method"),
    status.HTTP_406_NOT_ACCEPTABLE: ("not-acceptable", "There is no answer in the form that was asked for"),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: ("unsupported-media-type", "The body has to be JSON"),
    status.HTTP_429_TOO_MANY_REQUESTS: ("too-many-requests", "Too many calls"),
}


def _explained(error: Exception, view: Any) -> Exception:
    """The same, with what would do instead."""
    if isinstance(error, exceptions.NotAcceptable):
        forms = " or ".join(one.media_type for one in getattr(view, "renderer_classes", ()))
        return exceptions.NotAcceptable(f"Ask for {forms}, or leave the header Accept out.")
    if isinstance(error, exceptions.UnsupportedMediaType):
        told = f"{excerpt(str(error.detail))} Send Content-Type: application/json."
        error.detail = exceptions.ErrorDetail(told, error.default_code)
    return error


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        error = exceptions.NotFound("It does not exist, or it is not public any more.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, SuspiciousOperation):  # such as more parameters than anybody sends
        error = exceptions.ParseError()
    if isinstance(error, exceptions.ValidationError):
        return bad_body(faults_in(error.detail, where="body"))
    if not isinstance(error, exceptions.APIException):
        return None
    kind, title = TITLES.get(error.status_code, ("error", "It did not work"))
    return Problem(
        status=error.status_code,
        kind=kind,
        title=title,
        detail=str(error.detail),
        headers=_headers(error),
    )


def _headers(error: exceptions.APIException) -> dict[str, str]:
    found = {}
    if challenge := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        found["Retry-After"] = str(max(1, round(wait)))
    return found


def _path(name: str, part: str) -> str:
    return ".".join(one for one in (name, part) if one)
