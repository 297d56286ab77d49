"""The market's addresses, and an endpoint that has a fault of ours."""

from typing import Never

from django.urls import include, path
from rest_framework.request import Request

from partners.endpoints import Endpoint


class Failing(Endpoint):
    """Raises what nobody expects."""

    def get(self, request: Request) -> Never:
        """Each time."""
        raise ValueError("a fault of ours")


handler500 = "marketplace.views.server_error"
urlpatterns = [path("api/v1/failing/", Failing.as_view()), path("", include("marketplace.urls"))]
