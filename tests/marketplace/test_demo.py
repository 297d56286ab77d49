"""`manage.py demo`, run as people run it, in a state directory of its own."""

import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import CHECKOUT, Servers
from tests.ports import own_port

PATIENCE = 300.0  # seconds; the first start invents the data
COMMAND = [sys.executable, str(CHECKOUT / "manage.py")]
OURS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MARKETPLACE_STATE", "TESTING", "DEMO", "PORT", "SITE_URL"}


class Demo:
    """A demo as its user sees it: a command, what it prints, and a port."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = own_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment |= {"MARKETPLACE_STATE": str(state), "PORT": str(self.port)}
        self.output = state.parent / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait until it says that it is open; returns the seconds that took."""
        begun = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "demo"], cwd=CHECKOUT, env=self.environment, stdout=output, stderr=output
            )
        process = self.process
        wait_until(lambda: process.poll() is not None or "market is open" in self.said, seconds=PATIENCE)
        assert process.poll() is None, self.said
        return time.monotonic() - begun

    def stop(self, how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(120)

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run another command beside it."""
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=CHECKOUT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def get(self, path: str) -> int | None:
        """The status of a page; None if nobody answers."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    @property
    def said(self) -> str:
        return self.output.read_text()


@pytest.fixture
def demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp"))
    home.chmod(0o755)
    demo = Demo(home / ".local")
    yield demo
    demo.stop(signal.SIGTERM)
    if demo.state.exists():
        Servers(demo.state).stop()
    shutil.rmtree(home)


def processes_of(state: Path) -> dict[str, int]:
    """Command line → user, of every process that was told about this state directory or lives below it."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(state).encode() in (process / "environ").read_bytes() + command.encode():
                found[command.strip()] = process.stat().st_uid
        except OSError:  # it has ended, or it is not ours to read
            continue
    return found


@pytest.fixture
def state(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of the demo, for commands called in this process."""
    monkeypatch.setenv("MARKETPLACE_STATE", str(demo.state))
    return demo.state


def call(*arguments: str) -> str:
    """What a command prints."""
    output = io.StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_a_busy_port_is_a_clear_error_before_anything_starts(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is in use by another program.*make demo PORT="):
            call("demo", "--port", str(port))

    assert not (state / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "٨٠٠٠"])
def test_a_port_that_is_none_is_a_clear_error(state: Path, port: str) -> None:
    with pytest.raises(CommandError, match="PORT is a number from 1 to 65535"):
        call("demo", f"--port={port}")

    assert not state.exists()


def test_servers_can_be_shown_and_stopped(state: Path) -> None:
    assert "There is nothing" in call("servers", "status")
    servers = Servers(state, for_tests=True)
    urls = servers.start()

    shown = call("servers", "status")
    assert [url in shown for url in urls.values()] == [True, True]

    call("servers", "stop")
    assert [server.pid for server in servers.by_variable.values()] == [None, None]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_demo_opens_survives_losses_and_closes(demo: Demo) -> None:
    demo.start()

    for path in ("/", "/leads/", "/companies/", "/dev/mailbox/", "/health/ready"):
        assert (path, demo.get(path)) == (path, 200)
    accounts = json.loads((demo.state / "demo.json").read_text())
    for role in ("seller", "buyer", "moderator", "writer", "editor"):
        assert re.search(rf"as {role} +{re.escape(accounts[role]['email'])} .*{accounts[role]['password']}", demo.said)
    key = (demo.state / "partner_key").read_text().strip()
    assert f"A partner’s key:      {key}\n" in demo.said

    servers = Servers(demo.state)
    running = processes_of(demo.state)
    for part in (
        "gunicorn",
        "worker --queues celery",
        "worker --queues imports",
        "celery -A marketplace beat",
        "mailcatcher",
        "postgres",
    ):
        assert any(part in command for command in running), part
    assert 0 not in {Path(f"/proc/{server.pid}").stat().st_uid for server in servers.by_variable.values()}

    again = demo.run("demo", PORT=str(own_port()))
    assert (again.returncode, "The demo already runs at" in again.stderr) == (1, True)

    for lost in (servers.by_variable["REDIS_URL"].pid, servers.by_variable["DATABASE_URL"].pid, web(running, demo)):
        assert lost
        os.kill(lost, signal.SIGKILL)
        assert wait_until(lambda: demo.get("/leads/") != 200 or "starting it again" in demo.said, seconds=60)
        assert wait_until(lambda: demo.get("/leads/") == 200, seconds=120)

    demo.stop(signal.SIGINT)
    assert demo.said.rstrip().endswith("Stopped. The data stays.")
    assert wait_until(lambda: processes_of(demo.state) == {}, seconds=60)
    assert demo.get("/") is None

    assert demo.start() < 30
    assert json.loads((demo.state / "demo.json").read_text()) == accounts
    assert f"A partner’s key:      {key}\n" in demo.said
    done = demo.run("servers", "stop")
    assert (done.returncode, demo.get("/")) == (0, None)
    assert wait_until(lambda: processes_of(demo.state) == {}, seconds=60)


def web(running: dict[str, int], demo: Demo) -> int:
    """The process id of gunicorn's master."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "gunicorn" in command and f":{demo.port}" in command and demo.process and parent == demo.process.pid:
            return int(process.name)
    raise AssertionError(running)
