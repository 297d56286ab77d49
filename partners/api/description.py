"""GET /api/v1/schema/: the API in OpenAPI 3.1."""

import json
from collections.abc import Mapping

from django.http.response import HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from partners.description import described
from partners.endpoints import Component, OpenEndpoint, json_answer
from partners.fields import Schema
from partners.parameters import read_query

OPENAPI = "application/vnd.oai.openapi+json"


class AsOpenApi(JSONRenderer):
    """Lets in who asks for OpenAPI by its own name."""

    media_type = OPENAPI


class Description(OpenEndpoint):
    """This description."""

    renderer_classes = (JSONRenderer, AsOpenApi)

    def get(self, request: Request) -> HttpResponseBase:
        """The same for everybody."""
        read_query(self.query, request)
        return json_answer(request, json.dumps(described(), ensure_ascii=False))

    def answers(self, _component: Component) -> Mapping[str, Schema]:
        """OpenAPI has a schema of its own."""
        return {"application/json": {"type": "object", "required": ["openapi", "info", "paths"]}}
