"""A web process beside the test, on the test's own database, that can be killed."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import connection

from tests.ports import own_port
from tests.processes import environment_of_test
from tests.waiting import eventually

GATE = 7_310_900  # an advisory lock; see tests/faults/short_stretches.py


@contextmanager
def exports_stop() -> Iterator[None]:
    """None of leads goes past its first stretches meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])


class Web:
    """gunicorn with one worker; it keeps its address from life to life."""

    def __init__(self) -> None:
        self.port = own_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "tests.faults.short_stretches", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [*command, "--threads", "2", "--no-control-socket", "--log-level", "critical"],
            cwd=settings.BASE_DIR,
            env=environment_of_test(ALLOWED_HOSTS="127.0.0.1"),
            start_new_session=True,
        )
        assert eventually(self._answers)

    def kill(self) -> None:
        """SIGKILL to it and its children, as a crash would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.address}/health/ready", timeout=60) as answer:  # noqa: S310
            return bool(answer.status == 200)
        return False
