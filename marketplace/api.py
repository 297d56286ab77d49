"""The API's front door; what partners pull is added app by app."""

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response


@api_view(["GET"])
def root(request: Request) -> Response:
    """Name and version, so that a client can tell that it reached the right place."""
    return Response({"name": "Trade leads API", "version": 1})
