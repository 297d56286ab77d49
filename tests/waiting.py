"""Letting a test go on when somebody else has come as far as it needs."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from django.db import connection

WAITING_FOR_US = "FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def eventually(fact: Callable[[], bool], *, seconds: float = 120) -> bool:
    """Whether it becomes true; the time is a limit for the test, not a promise of the product."""
    deadline = time.monotonic() + seconds
    while not (true := fact()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return true


def waits_for_us() -> bool:
    """Whether somebody's statement waits for a lock that this connection holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {WAITING_FOR_US}")
        return cursor.fetchone() is not None


def wait_for(worker: "Future[Any]") -> None:
    """Until the worker's statement waits for a lock that this connection holds, or it has ended without waiting."""
    while not worker.done() and not waits_for_us():
        pass


@contextmanager
def whoever_comes_is_gone_after() -> Iterator[None]:
    """In the end, wait for those who connected to the database meanwhile.

    PostgreSQL notices that a client was killed when it has its next word for it, and keeps its locks until then:
    whoever passes over what is locked would find nothing to do. Not for the inside of a transaction.
    """
    before = _others()
    try:
        yield
    finally:
        assert eventually(lambda: _others() <= before)


def _others() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return {pid for (pid,) in cursor.fetchall()}
