"""Processes of the market whose memory is measured: started, called, looked at and ended."""

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from marketplace import demo
from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import CHECKOUT

PATIENCE = 300.0  # seconds


class BenchFailed(Exception):
    """A process that is to be measured does not do its work."""


@dataclass(frozen=True, slots=True)
class WebWorker:
    """The one worker of a web server of its own."""

    port: int
    pid: int


@contextmanager
def web_worker() -> Iterator[WebWorker]:
    """A server with one worker of four threads."""
    port = demo.free_port()
    gunicorn = [
        *("-m", "gunicorn", "marketplace.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "1"),
        *("--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning"),
    ]
    with process(gunicorn) as pid:
        wait(lambda: serves(port))
        yield WebWorker(port, children(pid)[0])


@contextmanager
def process(arguments: Sequence[str]) -> Iterator[int]:
    """A Python process of the market on this market's data, ended at the end."""
    log = Path(settings.LOCAL_STATE) / "bench.log"
    environment = {name: value for name, value in os.environ.items() if name != "STATEMENT_TIMEOUT_MS"}
    with log.open("ab") as output:
        started = subprocess.Popen(  # noqa: S603  # our own command line
            [sys.executable, *arguments], cwd=CHECKOUT, env=environment, stdout=output, stderr=output
        )
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(timeout=60)


def wait(done: Callable[[], bool]) -> None:
    """Until it is so. Raises BenchFailed when it takes too long."""
    if not wait_until(done, seconds=PATIENCE):
        raise BenchFailed(
            f"A process did not do its work in {PATIENCE:.0f} s; see {settings.LOCAL_STATE / 'bench.log'}"
        )


def serves(port: int) -> bool:
    """Whether a web process answers there."""
    try:
        return status(port, "/health/live") == 200
    except OSError:
        return False


def status(port: int, address: str) -> int:
    """Read the page to its end, as a visitor does; answers the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address, headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def children(pid: int) -> list[int]:
    """The processes that this one started itself."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in found]


def peak(pid: int) -> float:
    """The most memory that the process ever had at once: MB of its own and shared pages."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM")) / 1024
