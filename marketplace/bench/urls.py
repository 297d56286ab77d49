"""The market's addresses, and a view that does nothing: what a request costs before a page begins."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def hello(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django hands it over
    """A word."""
    return HttpResponse("hello")


urlpatterns = [path("bench/hello", hello), path("", include("marketplace.urls"))]
