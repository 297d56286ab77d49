"""Where a mail provider posts what came back."""

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mailings.models import MailReport
from mailings.returning.consequences import take_report
from mailings.returning.reading import MOST, Unreadable
from mailings.returning.signatures import is_signed


@csrf_exempt  # no browser comes here and no cookie counts: the signature over the body does
@require_POST
def take_returned(request: HttpRequest) -> HttpResponse:
    """Take in one message, as it is (RFC 5322) or in JSON: {"message": "…"}; the answer says what it was."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > MOST:
        return _answer("too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    now, body = timezone.now(), request.body
    given = {name: request.headers.get(f"X-Bounce-{name}", "") for name in ("timestamp", "signature")}
    if not is_signed(body, **given, now=now):
        return _answer("not signed, or not now", HTTPStatus.FORBIDDEN)
    try:
        raw = _message(request.content_type or "", body)
        return _answer(take_report(raw=raw, source=MailReport.Source.WEBHOOK, now=now), HTTPStatus.OK)
    except Unreadable:
        return _answer("unreadable", HTTPStatus.BAD_REQUEST)


def _message(content_type: str, body: bytes) -> bytes:
    """The message of a body. Raises Unreadable."""
    if content_type != "application/json":
        return body
    try:
        sent = json.loads(body)
        return str(sent["message"]).encode(errors="replace")
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unreadable from error


def _answer(said: str, status: int) -> HttpResponse:
    return JsonResponse({"result": said}, status=status)
