"""Budget 14: how much memory the market's processes take, as the system counted it for real ones."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mailings.models import Delivery
from mailings.services import queue_message
from marketplace import demo
from marketplace.bench.findings import Finding, Unmeasured, memory_finding
from marketplace.bench.importing import measure_import
from marketplace.bench.mix import search_mix
from marketplace.bench.place import Market
from marketplace.bench.processes import children, peak, process, status, wait, web_worker
from marketplace.bench.pulled_memory import measure_pulled_memory
from offerboard.models import BoardEntry, Lead
from offerboard.selectors.addresses import board_address

PAGES, MAILS = 300, 1_000
TEMPLATE = "reply_received"


def measure_memory(market: Market) -> Iterator[Finding | Unmeasured]:
    """Web workers that serve pages and partners, a worker that sends mails, an import."""
    if not Path("/proc/self/status").exists():
        yield Unmeasured(14, "memory", "not measured: this system has no /proc")
        return
    yield from _web(market)
    yield from _mail()
    yield from measure_import(market)
    yield from measure_pulled_memory()


def _web(market: Market) -> Iterator[Finding]:
    addresses = [board_address(query.filters) for query in search_mix(market)]
    addresses = [address for address in addresses if len(address) < 2_000]
    newest = BoardEntry.objects.public(at=market.now).newest_first().values("pk")[:200]
    addresses += [lead.get_absolute_url() for lead in Lead.objects.filter(pk__in=newest)]
    with web_worker() as web:
        peaks, refused = [], 0
        for place in range(PAGES):
            refused += status(web.port, addresses[place % len(addresses)]) != 200
            if place in (PAGES // 2, PAGES - 1):
                peaks.append(peak(web.pid))
    when = f"after {PAGES // 2} and {PAGES} pages"
    yield memory_finding("web worker", peaks[0], peaks[-1], f"{when}, {refused} of them refused" if refused else when)


def _mail() -> Iterator[Finding]:
    port = demo.free_port()
    mailbox = Path(settings.LOCAL_STATE) / "bench-mailbox"
    mailbox.mkdir(exist_ok=True)
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    worker = [*("-m", "celery", "-A", "marketplace", "worker"), *("--concurrency", "1", "--loglevel", "WARNING")]
    with process(["-m", "marketplace.mailcatcher", str(port), str(mailbox)]):
        wait(lambda: demo.greets(port))
        with process([*worker, "--without-gossip", "--without-mingle", "--hostname", "bench@localhost"]) as pid:
            wait(lambda: bool(children(pid)))
            peaks = []
            for _ in range(2):
                _queue(MAILS // 2)
                wait(_all_sent)
                peaks.append(max(map(peak, [pid, *children(pid)])))
    shutil.rmtree(mailbox)
    yield memory_finding("mail worker", peaks[0], peaks[-1], f"after {MAILS // 2} and {MAILS} mails")


def _queue(mails: int) -> None:
    for place in range(mails):
        queue_message(
            template=TEMPLATE,
            to=f"reader-{place}@example.com",
            language="en",
            subject="A reply to your inquiry",
            text="A company has answered your inquiry.\n" * 20,
            html="<p>A company has answered your inquiry.</p>" * 20,
            now=timezone.now(),
        )


def _all_sent() -> bool:
    """Of those that were queued here: the invented market has one that waits for ever, for staff's page to show."""
    under_way = [Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.IN_FLIGHT]
    return not Delivery.objects.filter(template=TEMPLATE, state__in=under_way).exists()
