"""What all endpoints share: the key, its scope, its allowance, and answers that are not sent twice."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.authentication import KeyAuthentication, MayDo, note_use
from partners.counting import count_call
from partners.fields import Described, Schema
from partners.limits import Allowance, take_call
from partners.models import ApiKey
from partners.packing import encoding_for, packed, packed_parts
from partners.parameters import NoQuery, read_query
from partners.problems import Problem
from partners.scopes import Scope

JSON = "application/json"
Component = Callable[[str, Iterable[Described]], Schema]
WORTH_PACKING = 500  # bytes
READING = {"GET", "HEAD"}


class OpenEndpoint(APIView):
    """An address that needs no key. `query` says which parameters it understands when it is read."""

    query: ClassVar[type[serializers.Serializer[Any]]] = NoQuery
    about: ClassVar[str] = ""  # what the manual says of it besides the class's first line
    problems: ClassVar[tuple[int, ...]] = ()  # statuses that not every endpoint answers
    bodies: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}  # what each method is sent
    statuses: ClassVar[Mapping[str, int]] = {}  # of what goes well, where it is not 200
    tagged: ClassVar[tuple[str, ...]] = ("GET",)  # methods whose answers have an ETag
    located: ClassVar[tuple[str, ...]] = ()  # methods whose answers say where what they made stands
    once: ClassVar[tuple[str, ...]] = ()  # methods that honour Idempotency-Key
    as_read: ClassVar[tuple[str, ...]] = ()  # methods that honour If-Match

    def answers(self, _component: Component) -> Mapping[str, Schema]:
        """What it answers, by media type; `component` names an object of some fields.

        Where a method answers something else, `answers_post` and the like say what.
        """
        return {}

    def words(self) -> Mapping[str, Iterable[str]]:
        """The words that stand in parameters which are lists, or parts of the address."""
        return {}

    def options(self, *args: Any, **kwargs: Any) -> Response:
        """Which methods there are, in the header Allow. Nothing for browsers of other sites: keys are for servers."""
        return Response(status=204)


class Endpoint(OpenEndpoint):
    """An address that needs a key. `scope` is what the key needs for it; None lets every valid key in."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (MayDo,)
    scope: ClassVar[Scope | None] = None
    outlives_contract: ClassVar[bool] = False  # open to partners whose contract is over
    allowance: Allowance | None = None
    caller: ApiKey | None = None  # once it is known

    def perform_authentication(self, request: Request) -> None:
        """Remember whose call it is, also if it comes to nothing."""
        super().perform_authentication(request)
        self.caller = cast("ApiKey | None", request.auth)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the call once it is known whose it is, and note that the key was used unless it is refused.

        No method but reading knows parameters: what comes with the others is refused here, before anything is done.
        """
        super().initial(request, *args, **kwargs)
        self.allowance = take_call(key_of(request))
        note_use(key_of(request), now=timezone.now())
        if request.method in self.allowed_methods and request.method not in READING:
            read_query(NoQuery, request)

    def handle_exception(self, exc: Exception) -> Response:
        """What nobody expected is counted as our fault on its way out."""
        try:
            return super().handle_exception(exc)
        except Exception:
            self._count(500)
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say how many calls are left, and count how it went."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            answer.headers.setdefault(name, value)
        self._count(answer.status_code)
        return answer

    def _count(self, status: int) -> None:
        if self.caller is not None:
            count_call(key=self.caller.pk, status=status, at=timezone.now())


def key_of(request: Request) -> ApiKey:
    """The key of a call that was let in."""
    return cast("ApiKey", request.auth)


def json_answer(request: Request, body: str | bytes, *, exact: bool = False, tagged: bool = True) -> HttpResponseBase:
    """JSON, packed for who can unpack it. Whoever reads gets an ETag, and 304 if they have it already.

    An `exact` answer has a strong ETag, also after a change, for `refuse_unless_as_read`; it is never packed, as that
    tag is one of bytes. One that is not `tagged` has none, and is never 304. Nothing secret is in answers beside what
    their reader sent, so packing them tells nobody anything.
    """
    content = body.encode() if isinstance(body, str) else body
    encoding = _encoding_for(request) if not exact and len(content) > WORTH_PACKING else ""
    response = HttpResponse(packed(content, encoding) if encoding else content, content_type=JSON)
    _describe(response, encoding)
    reads, etag = tagged and request.method in READING, strong_etag(content) if exact else f"W/{strong_etag(content)}"
    if exact or reads:
        response.headers["ETag"] = etag
    if not reads:
        return response
    conditional: HttpResponseBase | None = get_conditional_response(
        request._request,  # noqa: SLF001 - it wants Django's own
        etag=etag,
        response=response,
    )
    return conditional or response


def refuse_unless_as_read(request: Request, body: str) -> None:
    """If-Match (RFC 9110, 13.1.1): raises Problem where it names anything, and not this."""
    if depends_on_reading(request) and strong_etag(body.encode()) not in parse_etags(request.headers["If-Match"]):
        raise not_as_read()


def not_as_read() -> Problem:
    """412; also where it has changed between the look at the tag and the change itself."""
    return Problem(
        status=412,
        kind="not-as-read",
        title="It is not as you have read it",
        detail="It has changed since you read it with this ETag. Nothing was changed now: read it again.",
    )


def depends_on_reading(request: Request) -> bool:
    """Whether If-Match names what the caller has read; `*` is for whatever there is."""
    wanted = request.headers.get("If-Match")
    return wanted is not None and parse_etags(wanted) != ["*"]


def streamed_answer(request: Request, parts: Iterator[bytes], *, kind: str, name: str) -> HttpResponseBase:
    """Parts as they come, under a file's name; packed one by one, so that nothing waits for what follows."""
    encoding = _encoding_for(request)
    response = StreamingHttpResponse(packed_parts(parts, encoding) if encoding else parts, content_type=kind)
    _describe(response, encoding)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def strong_etag(content: bytes) -> str:
    """The tag of these very bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _encoding_for(request: Request) -> str:
    return encoding_for(request.headers.get("Accept-Encoding", ""))


def _describe(response: HttpResponseBase, encoding: str) -> None:
    """No shared cache may keep it, and a private one asks each time: a removal counts from the next call on."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
