"""The market's addresses, and one below the API where everything goes wrong."""

from typing import Never

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import include, path

FAULTS = {
    "database": OperationalError("a fault: the server has gone"),
    "ours": ValueError("a fault of ours"),
    "request": SuspiciousOperation("a fault that Django finds"),
}
handler400 = "marketplace.views.bad_request"
handler500 = "marketplace.views.server_error"


def broken(_request: HttpRequest, fault: str) -> Never:
    """Raises it."""
    raise FAULTS[fault]


urlpatterns = [path("api/v1/broken/<slug:fault>/", broken), path("", include("marketplace.urls"))]
