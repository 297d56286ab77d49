"""The API in OpenAPI 3.1, made from what is declared: endpoints, their parameters, the fields of what others pull."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from partners.fields import Described, Schema, object_schema
from partners.models import IdempotentCall
from partners.problem_kinds import kinds_of
from partners.problems import MEDIA_TYPE, MOST_FAULTS

PREFIX = "/api/v1/"
PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The address of its description in the manual."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "errors": {
            "type": "array",
            "maxItems": MOST_FAULTS,
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "string", "enum": ["query", "body", "header", "path"]},
                    "name": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["in", "name", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
HEADERS: Mapping[str, tuple[str, Schema]] = {
    "ETag": ("Send it back as `If-None-Match`: 304 says that you have this already.", {"type": "string"}),
    "Location": ("The address of what was made.", {"type": "string", "format": "uri"}),
    "RateLimit": ("How many calls are left, and for how many seconds.", {"type": "string"}),
    "RateLimit-Policy": ("How many calls are agreed in how many seconds.", {"type": "string"}),
}
ONCE = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": IdempotentCall.LONGEST, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="A name for this call, such as a UUID. Sent again with it within 24 hours, the same call is not done "
    "again and gets the first answer; another body with it is refused (422), and while the first call is under way, "
    "so is the second (409). A call that was refused is forgotten: send it corrected under the same name.",
)
AS_READ = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The `ETag` with which you read the lead: if it has changed since, nothing is done (412).",
)
WITH_BODY = {"POST", "PUT", "PATCH"}


class EndpointSchema(AutoSchema):
    """What an endpoint (partners/endpoints.py) declares of itself."""

    view: Any

    def get_operation_id(self) -> str:
        """The method and the words of the address."""
        words = re.findall(r"\w+", self.path.removeprefix(PREFIX)) or ["root"]
        return "_".join([self.method.lower(), *words])

    def get_tags(self) -> list[str]:
        """The first word of the address."""
        return [self.path.removeprefix(PREFIX).partition("/")[0] or "about"]

    def get_summary(self) -> str:
        """What the class says of reading; of anything else, the method."""
        said = type(self.view).__doc__ if self.method == "GET" else getattr(self.view, self.method.lower()).__doc__
        return str(said or "").partition("\n")[0].strip()

    def get_description(self) -> str:  # type: ignore[override]  # as its own base does
        """What a reader has to know besides."""
        return str(getattr(self.view, "about", ""))

    def get_override_parameters(self) -> list[Any]:
        """The parameters that are read strictly, and the headers that the method honours."""
        query = getattr(self.view, "query", None)
        asked = [query] if query is not None and query().fields and self.method == "GET" else []
        headers = [(self.view.once, ONCE), (self.view.as_read, AS_READ)]
        return [*asked, *(header for methods, header in headers if self.method in methods)]

    def get_request_serializer(self) -> Any:
        """What is sent."""
        return self.view.bodies.get(self.method)

    def get_response_serializers(self) -> Any:
        """What comes back where nothing is wrong."""
        status = self.view.statuses.get(self.method, HTTPStatus.OK)
        if status == HTTPStatus.NO_CONTENT:
            return {status: None}
        answers = getattr(self.view, f"answers_{self.method.lower()}", self.view.answers)
        return {(status, media_type): schema for media_type, schema in answers(self.component).items()}

    def component(self, name: str, fields: Iterable[Described]) -> Schema:
        """A reference to an object of these fields."""
        schema = dict(object_schema(fields))
        found = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(found)
        reference: Schema = found.ref
        return reference

    def _get_parameters(self) -> list[dict[str, Any]]:
        """Lists parted by commas are arrays; which words stand in them depends on the endpoint."""
        parameters: list[dict[str, Any]] = super()._get_parameters()
        words = self.view.words()
        for one in parameters:
            if one["in"] == "path":
                one.setdefault("description", "One of these." if one["name"] in words else "Its id.")
            if one["name"] in words:
                known: Schema = {"type": "string", "enum": list(words[one["name"]])}
                if one["in"] == "query":
                    one |= {"schema": {"type": "array", "items": known, "minItems": 1}, "explode": False}
                else:
                    one["schema"] = known
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        """With all the problems that can come instead."""
        answers: dict[str, Any] = super()._get_response_bodies(direction)
        good = {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in self._headers()}}
        answers = {status: {"description": "As asked.", **good, **_said(told)} for status, told in answers.items()}
        if self.method == "GET" and "GET" in self.view.tagged:
            answers["304"] = {"description": "It is as you have it.", **good}
        return answers | {str(status): {"$ref": f"#/components/responses/{status}"} for status in self._problems()}

    def _headers(self) -> list[str]:
        counted = bool(self.view.permission_classes and self.view.authentication_classes)
        only = {"ETag": self.method in self.view.tagged, "Location": self.method in self.view.located}
        return [name for name in HEADERS if only.get(name, counted)]

    def _problems(self) -> list[int]:
        found = {400, 405, 406, 413, 500, 503, *self.view.problems}
        if self.view.authentication_classes:
            found |= {401, 403, 429}
        if self.method in WITH_BODY:
            found |= {411, 415, 422}
        if self.method in self.view.as_read:
            found |= {412}
        return sorted(found)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    """The key, and the scope that it needs."""

    target_class = "partners.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, Any]:
        """RFC 6750."""
        return {"type": "http", "scheme": "bearer", "description": "A key of ours. /partners/ says how to get one."}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        """One scope, or none where every key will do."""
        scope = getattr(auto_schema.view, "scope", None)
        return {"key": [] if scope is None else [scope.value]}


@cache
def described() -> dict[str, Any]:
    """The whole document; it stays the same for as long as the process runs."""
    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    document["info"] = {
        "title": f"{settings.SITE_NAME}: API",
        "version": "1",
        "description": f"What the public sees of the market, for programs. Manual: {settings.SITE_URL}{PREFIX}docs/",
    }
    document["servers"] = [{"url": settings.SITE_URL}]
    components = document["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["headers"] = {
        name: {"description": about, "schema": schema} for name, (about, schema) in HEADERS.items()
    }
    components["responses"] = {str(status): _problem_answer(status) for status in _statuses(document)}
    return document


def _statuses(document: Mapping[str, Any]) -> list[int]:
    """Those of problems that any endpoint names."""
    operations = [one for path in document["paths"].values() for one in path.values()]
    return sorted({int(status) for one in operations for status in one["responses"] if int(status) >= 400})


def _problem_answer(status: int) -> dict[str, Any]:
    kinds = kinds_of(status)
    told = " ".join(f"`{one.name}`: {one.means}" for one in kinds) or HTTPStatus(status).phrase
    schema = {"$ref": "#/components/schemas/Problem"}
    headers = {"Retry-After": {"schema": {"type": "string"}}} if status in {429, 503} else {}
    return {"description": told, "headers": headers, "content": {MEDIA_TYPE: {"schema": schema}}}


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in told.items() if value}
