"""What happens around every request: a log line, and a plain answer while PostgreSQL is away."""

import hashlib
import time
import uuid
from collections.abc import Callable

import structlog
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partners import failures

log = structlog.get_logger(__name__)
View = Callable[[HttpRequest], HttpResponse]
SESSION_NOTED = 600  # seconds for which a session's last use is not written down again


class RequestLog:
    """One line a request: id, method, route, status, milliseconds. No address, no person, no query string."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log the route rather than the path, which may hold a token."""
        request_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id
            log.info(
                "request",
                method=request.method,
                route=request.resolver_match.route if request.resolver_match else None,
                status=response.status_code,
                ms=round((time.monotonic() - started) * 1000),
            )
            return response
        finally:
            structlog.contextvars.clear_contextvars()


class DatabaseDown:
    """Turns a lost PostgreSQL into a plain 503 that says to come back; the next request tries again.

    Of what views raise. What other middleware raises goes to `marketplace.views.server_error`.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the page be made."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Catch what a view raised before Django turns it into a 500."""
        is_away = isinstance(exception, OperationalError | InterfaceError)
        return database_unavailable(request, exception) if is_away else None


def database_unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The plain page or problem, status 503."""
    log.error("database_unavailable", error=type(error).__name__)
    if failures.is_for_programs(request):
        return failures.away()
    response = render(None, "503.html", status=503)  # no request: its session needs the database
    response["Retry-After"] = "10"
    return response


class SessionActivity:
    """Keeps the list of places where one is logged in, with at most one note in ten minutes a session.

    allauth's own middleware writes five statements on every page.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session's use, then answer. The key is hashed: what is in Redis must not open a session."""
        key = request.session.session_key
        if key and request.user.is_authenticated:
            digest = hashlib.sha256(key.encode()).hexdigest()
            if cache.add(f"session-noted:{digest}", 1, SESSION_NOTED):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class LargestBody:
    """Refuses a request by the size it announces, before anything of it is kept; without a size Django reads none."""

    MOST = 3 * 1024 * 1024  # bytes of any form
    MOST_WITH_PICTURES = 90 * 1024 * 1024  # eight pictures of 10 MB and their lead
    PICTURES = ("/leads/", "/my/company/")
    MOST_WITH_TABLE = 51 * 1024 * 1024  # a file of leads of 50 MB and its form
    TABLES = "/my/leads/import/"
    MOST_WITH_EVIDENCE = 7 * 1024 * 1024  # a file of 5 MB and its form, and some more that is refused in words
    EVIDENCE = "/privacy/correct/"

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 (RFC 9110, 15.5.14) to what is too large for its page.

        A program whose body announces no size is answered 411 (15.5.12): what is not read must not look as if it were.
        """
        announced = request.META.get("CONTENT_LENGTH") or "0"
        most = self.MOST_WITH_PICTURES if request.path.startswith(self.PICTURES) else self.MOST
        if request.path == self.TABLES:
            most = self.MOST_WITH_TABLE
        elif request.path == self.EVIDENCE:
            most = self.MOST_WITH_EVIDENCE
        elif failures.is_for_programs(request):
            most = failures.MOST
        if failures.is_for_programs(request) and "HTTP_TRANSFER_ENCODING" in request.META:
            return failures.length_required()
        if announced.isdecimal() and int(announced) > most:
            if failures.is_for_programs(request):
                return failures.too_large()
            return render(None, "413.html", {"most": most // (1024 * 1024)}, status=413)
        return self.get_response(request)
