"""The header Idempotency-Key, for endpoints that make something."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from partners.endpoints import JSON, key_of
from partners.models import IdempotentCall
from partners.problems import Fault, Problem
from partners.services.once import Answer, StillUnderWay, UsedForSomethingElse, answer_once

HEADER = "Idempotency-Key"
REFUSALS = (APIException, Http404)  # all that is told as an answer of ours, and not as a fault
SHAPE = re.compile(rf"[\x21-\x7e]{{1,{IdempotentCall.LONGEST}}}")


def answered_once(request: Request, do: Callable[[UUID], Answer]) -> HttpResponse:
    """What `do` answers; with the header, what it answered to the first call with it. Raises Problem.

    What `do` refuses by a Problem or Http404 it must leave undone: the same header may then come with another body.
    """
    value = request.headers.get(HEADER)
    answer = do(uuid4()) if value is None else _once(request, value, do)
    return HttpResponse(answer.text, content_type=JSON, status=answer.status, headers={"Cache-Control": "no-store"})


def _once(request: Request, value: str, do: Callable[[UUID], Answer]) -> Answer:
    if not SHAPE.fullmatch(value):
        fault = Fault("header", HEADER, f"takes up to {IdempotentCall.LONGEST} visible characters, such as a UUID.")
        raise Problem(
            status=400, kind="bad-parameters", title="A parameter is wrong", detail=fault.detail, faults=[fault]
        )
    asked = b"\n".join([str(request.method).encode(), request.path.encode(), request._request.body])  # noqa: SLF001
    try:
        return answer_once(key=key_of(request), value=value, asked=asked, do=do, refusals=REFUSALS, now=timezone.now())
    except UsedForSomethingElse as error:
        raise Problem(
            status=422,
            kind="idempotency-key-reused",
            title="The Idempotency-Key was used for another call",
            detail="Send a new one with each new call, and the same one only when you send the same again.",
        ) from error
    except StillUnderWay as error:
        raise Problem(
            status=409,
            kind="still-under-way",
            title="The first call with this Idempotency-Key is still under way",
            detail="Send it again in a minute: should it have been broken off, it is finished then.",
            headers={"Retry-After": "60"},
        ) from error
