"""What the demo runs, and that it runs once."""

import fcntl
import hashlib
import http.client
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO, Any

from celery import Celery
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from marketplace.embedded.account import Account, RunAs
from marketplace.embedded.place import Place
from marketplace.embedded.servers import CHECKOUT
from marketplace.supervisor import Program

# Who runs the invented market, where the environment names nobody: mails to many say it, or they do not go out.
OPERATOR = {
    "OPERATOR_NAME": "Example Markets Ltd",
    "OPERATOR_ADDRESS": "1 Example Quay, Example Harbour",
    "OPERATOR_PHONE": "+44 20 7946 0000",
    "OPERATOR_HOURS": "Monday to Friday, 9 to 17 UTC",
    "OPERATOR_EMAIL": "hello@market.example",
    "OPERATOR_PRIVACY_EMAIL": "privacy@market.example",
}


class CannotStart(Exception):
    """The demo cannot start here and now; the message says what to do."""


class DemoLock:
    """Held by a running demo; says which process it is and where it answers."""

    def __init__(self, state: Path) -> None:
        self.path = state / "demo.lock"
        self._file: IO[str] | None = None

    def take(self, url: str) -> None:
        """Become the running demo. Raises CannotStart if there is one."""
        self._file = self.path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = self._read()
            raise CannotStart(
                f"The demo already runs at {running.get('url')} (process {running.get('pid')}). "
                "Stop it with Ctrl-C in its terminal, or with: make stop"
            ) from None
        self._file.truncate(0)
        json.dump({"pid": os.getpid(), "url": url}, self._file)
        self._file.flush()

    def holder(self) -> int | None:
        """The process id of the running demo."""
        try:
            with self.path.open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(self._read()["pid"])
        except FileNotFoundError:
            pass
        return None

    def _read(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self.path.read_text())
        except ValueError:  # it is being written just now
            return {}
        return content


def free_addresses(port: int) -> list[str]:
    """The loopback addresses to serve at, IPv6 too where the machine has it: `localhost` may mean either.

    Raises CannotStart if somebody else serves there.
    """
    addresses = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if not _is_ours(family, host):
            continue
        with socket.socket(family) as probe, socket.socket(family) as caller:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            caller.settimeout(1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise CannotStart(f"You may not serve at port {port}. Choose another: make demo PORT=8000") from error
            except OSError:
                pass
            else:
                if caller.connect_ex((host, port)) != 0:
                    addresses.append(f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}")
                    continue
            raise CannotStart(
                f"Port {port} is in use by another program. "
                f"Stop that program, or choose another port: make demo PORT={port + 1 if port < 65535 else 8001}"
            )
    return addresses


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def collect_static_files(stamp: Path) -> None:
    """Collect style sheets and scripts if one of them is new or changed; comparing is much quicker than collecting."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            found.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    collected = stamp.exists() and (settings.STATIC_ROOT / "staticfiles.json").exists()
    if not collected or stamp.read_text() != found.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found.hexdigest())


def whom_to_run_as(account: Account) -> RunAs | None:
    """How web, workers and beat give up root's privileges; None if that user cannot read what they need."""
    if account.dropped and not account.can_run(
        Path(sys.executable), "-c", f"import django; open({str(CHECKOUT / 'manage.py')!r})"
    ):
        return None
    return account.run_as


def mail_catcher(place: Place, port: int) -> Program:
    """Takes the mails that the market sends."""
    command = [sys.executable, "-m", "marketplace.mailcatcher", str(port), str(place.root / "mailbox")]
    return Program("mail", command, ready=lambda: greets(port))


def market(place: Place, port: int, addresses: list[str], redis_url: str) -> list[Program]:
    """Web, workers for files of leads, mails to many and webhooks, one for everything else, and beat."""
    celery = [sys.executable, "-m", "celery", "-A", "marketplace"]
    gunicorn = [
        *(sys.executable, "-m", "gunicorn", "marketplace.wsgi:application"),
        *(part for address in addresses for part in ("--bind", address)),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
        *("--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"),
        *("--limit-request-line", "8190"),
    ]
    beat = [*celery, "beat", "--loglevel", "INFO", "--schedule", str(place.run / "beat"), "--pidfile="]
    return [
        Program("web", gunicorn, ready=lambda: _is_healthy(port)),
        _worker("worker", celery, redis_url, queue="celery", processes=2),
        _worker("imports", celery, redis_url, queue="imports", processes=1),
        _worker("campaigns", celery, redis_url, queue="campaigns", processes=1),
        _worker("webhooks", celery, redis_url, queue="webhooks", processes=1),
        Program("beat", beat),
    ]


def _worker(name: str, celery: list[str], redis_url: str, *, queue: str, processes: int) -> Program:
    """A worker that takes from one queue only; ready when it, and not another one, answers."""
    command = [*celery, "worker", "--queues", queue, "--concurrency", str(processes), "--loglevel", "INFO"]
    command += ["--hostname", f"{name}@localhost", "--without-gossip", "--without-mingle"]
    return Program(name, command, ready=lambda: _worker_answers(redis_url, f"{name}@localhost"))


def greets(port: int) -> bool:
    """Whether a mail server answers at this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _is_ours(family: socket.AddressFamily, host: str) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health/ready", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _worker_answers(redis_url: str, name: str) -> bool:
    time.sleep(0.5)  # asking is not free, and a worker takes seconds to start
    with Celery(broker=redis_url, set_as_current=False) as asker:
        return bool(asker.control.ping(destination=[name], timeout=0.5))
