"""Budget 14 for partners: the memory of web workers that write the whole market, and page after page of it."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from marketplace.bench.findings import Finding, memory_finding
from marketplace.bench.processes import BenchFailed, WebWorker, peak, web_worker
from offerboard.pulled import LEADS
from partners.models import ApiKey, Partner
from partners.scopes import Scope
from partners.services.keys import issue_partner_key
from privacy.models import Receiver

PAGES, PAGE = 300, 1_000  # pages, leads on each
SCOPES = [Scope.CHANGES_READ, Scope.LEADS_READ]
SLUG = "bench-of-memory"
PIECE = 1 << 20  # bytes


def measure_pulled_memory() -> Iterator[Finding]:
    """The export over HTTP from its first line to its last; then 300 pages, each where the one before ended."""
    with _key() as secret:
        with web_worker() as web:
            yield _export(web, secret)
        with web_worker() as web:
            yield _pages(web, secret)


def _export(web: WebWorker, secret: str) -> Finding:
    leads = LEADS.public(timezone.now()).count()
    peaks, lines, ending = list[float](), 0, b""
    with _answer(web, "/api/v1/export/leads.ndjson", secret) as answer:
        while piece := answer.read1(PIECE):
            lines, ending = lines + piece.count(b"\n"), (ending + piece)[-100:]
            if not peaks and lines > leads // 2:
                peaks.append(peak(web.pid))
    if not ending.endswith(b'{"@": "end"}\n'):
        raise BenchFailed("The export broke off.")
    peaks.append(peak(web.pid))
    return memory_finding("web worker that exports", peaks[0], peaks[-1], f"after half and all of {leads:,} leads")


def _pages(web: WebWorker, secret: str) -> Finding:
    """Where the market has fewer pages, it begins again."""
    peaks, after = list[float](), ""
    for place in range(PAGES):
        asked = urlencode({"page_size": PAGE} | ({"after": after} if after else {}))
        with _answer(web, f"/api/v1/leads/?{asked}", secret) as answer:
            after = json.load(answer)["next"] or ""
        if place in (PAGES // 2, PAGES - 1):
            peaks.append(peak(web.pid))
    when = f"after {PAGES // 2} and {PAGES} pages of {PAGE:,} leads"
    return memory_finding("web worker that lists", peaks[0], peaks[-1], when)


@contextmanager
def _answer(web: WebWorker, address: str, secret: str) -> Iterator[http.client.HTTPResponse]:
    """The answer, unpacked by nobody. Raises BenchFailed when it is no 200."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=300)
    headers = {"Host": f"localhost:{web.port}", "Authorization": f"Bearer {secret}"}
    try:
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise BenchFailed(f"{address} answers {answer.status}: {answer.read(200)!r}")
        yield answer
    finally:
        connection.close()


@contextmanager
def _key() -> Iterator[str]:
    """Of a partner whom no minute is too short for, and who is gone at the end."""
    now = timezone.now()
    with transaction.atomic():
        receiver = Receiver.objects.create(
            kind="partner", name=SLUG, country="NO", transfer=Receiver.Transfer.NONE, task="Measures", since=now.date()
        )
        partner = Partner.objects.create(
            receiver=receiver, slug=SLUG, website="https://bench.example/", scopes=SCOPES, calls_a_minute=100_000
        )
        made = issue_partner_key(partner=partner, name="bench", scopes=SCOPES, expires_at=None, now=now)
    try:
        yield made.secret
    finally:
        ApiKey.objects.filter(partner=partner).delete()
        partner.delete()
        receiver.delete()
