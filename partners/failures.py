"""What goes wrong before a view is reached, or where none is: told to programs as problems, to people as pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from partners.authentication import refuse_key_in_address
from partners.problems import Problem, problem_response

PATH, MANUAL = "/api/", "/api/v1/docs/"  # which people read
MOST = 1024 * 1024  # bytes of a body


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program asks, which reads no HTML."""
    return request.path.startswith(PATH) and not request.path.startswith(MANUAL)


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """404, whatever the method.

    Nobody is sent on to the address with a slash: on the way there, many programs lose their key or body.
    """
    try:
        refuse_key_in_address(request)
    except Problem as problem:
        return problem_response(problem)
    detail = "There is no such address. /api/v1/docs/reference/ lists all there are."
    if not request.path.endswith("/") and _exists(f"{request.path}/"):
        detail = f"Addresses end with a slash: {request.path}/"
    return problem_response(Problem(status=404, kind="not-found", title="There is nothing here", detail=detail))


def too_large() -> HttpResponse:
    """413."""
    detail = f"A body has {MOST // (1024 * 1024)} MB at most."
    return problem_response(Problem(status=413, kind="too-large", title="The body is too large", detail=detail))


def length_required() -> HttpResponse:
    """411."""
    detail = "Send the whole body at once, with its Content-Length: of one that comes in chunks, nothing is read."
    problem = Problem(status=411, kind="length-required", title="The body’s length is not known", detail=detail)
    return problem_response(problem)


def unreadable() -> HttpResponse:
    """400, for what Django itself refuses."""
    detail = "The request is not one that a program sends by intent."
    return problem_response(Problem(status=400, kind="bad-request", title="The request cannot be read", detail=detail))


def broken() -> HttpResponse:
    """500."""
    detail = "The fault is ours and is written down. Try again later; tell us if it stays."
    return problem_response(Problem(status=500, kind="broken", title="Something is broken here", detail=detail))


def away() -> HttpResponse:
    """503."""
    return problem_response(
        Problem(
            status=503,
            kind="away",
            title="Back in a moment",
            detail="The market is being looked after. Nothing is lost.",
            headers={"Retry-After": "10"},
        )
    )


def _exists(path: str) -> bool:
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return found.func is not unknown_address
