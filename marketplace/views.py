"""Pages about the site, and what machines ask: health, robots, media."""

import sys

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import defaults
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.middleware import database_unavailable
from partners import failures
from privacy.leaving import read_target
from privacy.signed_links import NotOurLink

# Folders of the storage that hold only pictures we have re-encoded ourselves.
PUBLIC_MEDIA = ("leads/", "logos/")
# Parameters that can be combined without end. A kind, a category and a country are pages of their own.
ENDLESS_ON_BOARD = (
    *("q", "company", "within", "price_min", "price_max", "currency", "quantity", "unit", "condition", "incoterm"),
    *("verified", "sort", "after"),
)
ENDLESS_AMONG_COMPANIES = ("q", "business_type", "headcount", "sort", "after")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this market is and who runs it."""
    return render(request, "marketplace/about.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The questions people ask first."""
    return render(request, "marketplace/help.html")


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """Name the host a link leads to, before the reader leaves; links we did not sign are refused."""
    try:
        target, host = read_target(request.GET.get("to", ""))
    except NotOurLink:
        return render(request, "marketplace/leaving.html", {"host": None}, status=400)
    return render(request, "marketplace/leaving.html", {"target": target, "host": host})


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def media(request: HttpRequest, name: str) -> FileResponse:
    """A public picture; names are random and never used twice, so browsers may keep it for good."""
    if not name.startswith(PUBLIC_MEDIA) or ".." in name:
        raise Http404
    try:
        picture = default_storage.open(name)
    except (OSError, ValueError) as error:  # missing, a folder, a name too long or with a NUL
        raise Http404 from error
    response = FileResponse(picture)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which pages crawlers should leave alone: personal ones, forms and endless filter combinations."""
    board, companies = reverse("offerboard:board"), reverse("directory:companies")
    closed = [
        *("/my/", "/account/", "/admin/", "/report/", "/leaving/", "/leads/new/"),
        *(f"{board}?*{name}=" for name in ENDLESS_ON_BOARD),
        *(f"{companies}?*{name}=" for name in ENDLESS_AMONG_COMPANIES),
        f"{reverse('offerboard:feed')}?",
        "/p/*?",
    ]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('offerboard:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def server_error(request: HttpRequest) -> HttpResponseServerError | HttpResponse:
    """What nobody caught: a plain 500, or 503 where it was PostgreSQL that went away under a middleware."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return database_unavailable(request, error)
    return failures.broken() if failures.is_for_programs(request) else defaults.server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself cannot read: a plain 400."""
    return failures.unreadable() if failures.is_for_programs(request) else defaults.bad_request(request, exception)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve: PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse({"database": "ok"})
