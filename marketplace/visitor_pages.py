"""Finished public pages, kept for a few seconds for readers without a session (docs/decisions/0008).

A kept page is handed out only after PostgreSQL has said that everything on it is as it was: a lead that was paused,
hidden or withdrawn a moment ago, in whatever process, makes its page be made anew.
"""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import DateTimeField, F, Value
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_request

from directory.models import Company, Verification
from directory.shown import Shown, collecting
from marketplace.memory import Memory
from offerboard.models import Lead
from privacy.cookies import READERS as COOKIES
from privacy.cookies import reader_of

# Each page here notes through directory.shown every lead and company it shows; tests/marketplace/test_visitor_pages.py
# withdraws what a page shows and looks at it again, for each of them.
PAGES = {
    "marketplace:home",
    "marketplace:about",
    "marketplace:help",
    "offerboard:board",
    "offerboard:lead",
    "directory:companies",
    "directory:company",
    "directory:categories",
    "directory:category",
}
# What the answer may depend on besides the address; a page that depends on anything else is not kept.
VARIES = {"cookie", "accept-language", "sec-gpc", "hx-request", "hx-target"}
HTMX = ("HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_HX_TARGET_URI_AUTOENCODED", "HTTP_HX_HISTORY_RESTORE_REQUEST")
LONGEST_KEY = 1000  # characters of address and headers
OVERHEAD = 4096  # bytes that a kept page takes beside its body: headers, rows, the question
MOMENT = datetime.max.replace(tzinfo=UTC)  # stands for "now" in a prepared question

Row = tuple[str, int, datetime | None]


@dataclass(slots=True)
class KeptPage:
    """A finished page, and what must still be so for it to be shown again."""

    body: bytes
    headers: dict[str, str]
    etag: str
    route: ResolverMatch | None
    until: datetime
    shown: Shown
    _question: tuple[str, list[Any]] | None = None
    _snapshot: str = ""  # of the database, when the page was last compared with it

    def holds(self, *, at: datetime) -> bool:
        """Whether it may be shown at this moment. A page without leads and companies needs no query.

        While nobody writes, the database's snapshot stays the same and says so in a tenth of a millisecond. Inside a
        transaction it does not change with one's own writes, and is not relied on.
        """
        if at >= self.until or not any(self.shown.rows.values()):
            return at < self.until
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            (snapshot,) = cursor.fetchone()
            if snapshot == self._snapshot and not connection.in_atomic_block:
                return True
            return self._reads_as_before(cursor, snapshot, at=at)

    def _reads_as_before(self, cursor: CursorWrapper, snapshot: str, *, at: datetime) -> bool:
        """Compare the page with the rows it was made of, and learn when the first of them ends."""
        if self._question is None:
            self._question = _question(self.shown)
        sql, values = self._question
        cursor.execute(sql, [at if value == MOMENT else value for value in values])
        found = cursor.fetchall()
        if {(kind, key, version) for kind, key, version, _ends in found} != _expected(self.shown):
            return False
        self.until = min([self.until, *(ends for *_row, ends in found if ends)])
        self._snapshot = snapshot
        return True

    def response(self) -> HttpResponse:
        """A new answer with the page."""
        return HttpResponse(self.body, headers=self.headers)


def _expected(shown: Shown) -> set[Row]:
    rows: set[Row] = {(kind, pk, version) for kind, known in shown.rows.items() for pk, version in known.items()}
    return rows | {("verified", pk, None) for pk in shown.verified}


def _question(shown: Shown) -> tuple[str, list[Any]]:
    """SQL and values that ask for what is on a page, as the public sees it at `MOMENT`, and when each thing ends."""
    leads, companies = list(shown.rows.get("leads", ())), list(shown.rows.get("companies", ()))
    no_moment = Value(None, output_field=DateTimeField())
    badges = Verification.objects.identity().current(at=MOMENT).filter(company__in=companies)
    parts = [
        _part("leads", Lead.objects.public(at=MOMENT).filter(pk__in=leads), ends=F("expires_at")),
        _part("companies", Company.objects.listed().filter(pk__in=companies), ends=no_moment),
        _part("verified", badges, key="company_id", version=no_moment, ends=F("valid_until")),
    ]
    sql, values = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    return sql, list(values)


def _part(kind: str, rows: Any, *, ends: Any, key: str = "pk", version: Any = None) -> Any:
    columns = {"kind_": Value(kind), "key_": F(key), "version_": version or F("updated_at"), "ends_": ends}
    return rows.order_by().annotate(**columns).values_list(*columns)


class VisitorPages:
    """Keeps the public pages of readers without a session, and answers 304 to those who have the page already.

    Stands before sessions, languages and forms: a kept page costs none of them. A browser's choice of cookies and its
    theme tell pages apart, as `privacy.cookies.Reader` does; whoever sends any other cookie passes by.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.kept: Memory[KeptPage] = Memory(most=settings.VISITOR_PAGES_BYTES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from memory if that is allowed, else let the page be made and keep it if that is allowed."""
        key = _key(request)
        if key is None:
            return self._personal(request)
        now = timezone.now()
        page = self.kept.get(key)
        if page is None or not page.holds(at=now):
            with collecting() as shown:
                response = self.get_response(request)
            page = _keep(request, response, shown, now=now)
            if page is None:
                return response
            if request.method == "GET":
                self.kept.put(key, page, size=len(page.body) + OVERHEAD)
        request.resolver_match = page.route  # for the log
        return get_conditional_response(request, etag=page.etag, response=page.response()) or page.response()

    def _personal(self, request: HttpRequest) -> HttpResponseBase:
        """A page for one reader: no cache on its way may give it to another."""
        response = self.get_response(request)
        if _name(request) in PAGES:
            patch_vary_headers(response, ["Cookie", "Sec-GPC"])
            patch_cache_control(response, private=True, no_cache=True)
        return response


def _key(request: HttpRequest) -> Hashable | None:
    """What tells one answer from another; None for readers who may get something of their own, or who send too much."""
    meta = request.META
    if request.method not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in meta or not request.COOKIES.keys() <= COOKIES:
        return None
    parts = (request.get_host(), request.get_full_path(), *(meta.get(name, "") for name in HTMX))
    if sum(map(len, parts)) > LONGEST_KEY:
        return None
    return (request.is_secure(), get_language_from_request(request), reader_of(request), *parts)


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _keep(request: HttpRequest, response: HttpResponseBase, shown: Shown, *, now: datetime) -> KeptPage | None:
    """The answer as a page to keep; None for anything but a whole public page that is the same for everyone."""
    if not isinstance(response, HttpResponse) or response.status_code != 200 or response.cookies:
        return None
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    of_one_reader = "nonce-" in response.get("Content-Security-Policy", "") or "private" in response.get(
        "Cache-Control", ""
    )
    if _name(request) not in PAGES or not varies <= VARIES or of_one_reader:
        return None
    patch_vary_headers(response, ["Cookie", "Accept-Language", "Sec-GPC"])
    patch_cache_control(response, no_cache=True)  # whoever keeps it asks us before showing it again
    body = response.content
    etag = f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'  # weak: a proxy may compress the page
    response["ETag"] = etag
    lasts = now + timedelta(seconds=settings.VISITOR_PAGES_SECONDS)
    return KeptPage(
        body=body,
        headers=dict(response.items()),
        etag=etag,
        route=request.resolver_match,
        until=min(lasts, shown.until) if shown.until else lasts,
        shown=shown,
    )
