"""Letting a test go on when another thread waits for it."""

from concurrent.futures import Future
from typing import Any

from django.db import connection

WAITING_FOR_US = "FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def waits_for_us() -> bool:
    """Whether somebody's statement waits for a lock that this connection holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {WAITING_FOR_US}")
        return cursor.fetchone() is not None


def wait_for(worker: "Future[Any]") -> None:
    """Until the worker's statement waits for a lock that this connection holds, or it has ended without waiting."""
    while not worker.done() and not waits_for_us():
        pass
