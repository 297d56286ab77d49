"""Budget 14: how much memory the market's processes take, as the system counted it for real ones."""

import http.client
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import CHECKOUT
from offerboard.models import BoardEntry, Lead
from offerboard.selectors.addresses import board_address

PAGES, MAILS = 300, 1_000
TEMPLATE = "reply_received"
PATIENCE = 300.0  # seconds


class BenchFailed(Exception):
    """A process that is to be measured does not do its work."""


def measure_memory(market: Market) -> Iterator[Finding | Unmeasured]:
    """A web worker that serves pages, a worker that sends mails."""
    if not Path("/proc/self/status").exists():
        yield Unmeasured(14, "memory", "not measured: this system has no /proc")
        return
    yield from _web(market)
    yield from _mail()
    yield from measure_import(market)
    yield Unmeasured(14, "memory: export", "not built yet")
    yield Unmeasured(14, "memory: API", "not built yet")


def _web(market: Market) -> Iterator[Finding]:
    port = demo.free_port()
    gunicorn = [
        *("-m", "gunicorn", "marketplace.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1"),
        *("--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning"),
    ]
    addresses = [board_address(query.filters) for query in search_mix(market)]
    addresses = [address for address in addresses if len(address) < 2_000]
    newest = BoardEntry.objects.public(at=market.now).newest_first().values("pk")[:200]
    addresses += [lead.get_absolute_url() for lead in Lead.objects.filter(pk__in=newest)]
    with _process(gunicorn) as pid:
        _wait(lambda: _serves(port))
        worker = _children(pid)[0]
        peaks, refused = [], 0
        for place in range(PAGES):
            refused += _status(port, addresses[place % len(addresses)]) != 200
            if place in (PAGES // 2, PAGES - 1):
                peaks.append(_peak(worker))
    when = f"after {PAGES // 2} and {PAGES} pages"
    yield memory_finding("web worker", peaks[0], peaks[-1], f"{when}, {refused} of them refused" if refused else when)


def _mail() -> Iterator[Finding]:
    port = demo.free_port()
    mailbox = Path(settings.LOCAL_STATE) / "bench-mailbox"
    mailbox.mkdir(exist_ok=True)
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    worker = [*("-m", "celery", "-A", "marketplace", "worker"), *("--concurrency", "1", "--loglevel", "WARNING")]
    with _process(["-m", "marketplace.mailcatcher", str(port), str(mailbox)]):
        _wait(lambda: demo.greets(port))
        with _process([*worker, "--without-gossip", "--without-mingle", "--hostname", "bench@localhost"]) as pid:
            _wait(lambda: bool(_children(pid)))
            peaks = []
            for _ in range(2):
                _queue(MAILS // 2)
                _wait(_all_sent)
                peaks.append(max(map(_peak, [pid, *_children(pid)])))
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


@contextmanager
def _process(arguments: Sequence[str]) -> Iterator[int]:
    """A Python process of the market on this market's data, ended at the end."""
    log = Path(settings.LOCAL_STATE) / "bench.log"
    environment = {name: value for name, value in os.environ.items() if name != "STATEMENT_TIMEOUT_MS"}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command line
            [sys.executable, *arguments], cwd=CHECKOUT, env=environment, stdout=output, stderr=output
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(done: Callable[[], bool]) -> None:
    if not wait_until(done, seconds=PATIENCE):
        raise BenchFailed(
            f"A process did not do its work in {PATIENCE:.0f} s; see {settings.LOCAL_STATE / 'bench.log'}"
        )


def _serves(port: int) -> bool:
    try:
        return _status(port, "/health/live") == 200
    except OSError:
        return False


def _status(port: int, address: str) -> int:
    """Read the page to its end, as a visitor does; answers the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address, headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    """The processes that this one started itself."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in found]


def _peak(pid: int) -> float:
    """The most memory that the process ever had at once: MB of its own and shared pages."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
