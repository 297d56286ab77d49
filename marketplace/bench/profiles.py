"""Why something is slow: the queries it makes, how PostgreSQL answers the slowest, and where Python spends its time."""

import cProfile
import io
import pstats
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = 15  # lines of a Python profile
LONGEST_PLAN = 60  # lines


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that was sent, and how long it took."""

    sql: str
    params: Any
    seconds: float


@contextmanager
def statements() -> "Iterator[list[Statement]]":
    """Note every statement that is sent meanwhile."""
    sent: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            sent.append(Statement(sql, params, time.perf_counter() - started))

    with connection.execute_wrapper(note):
        yield sent


def of_queries(call: Callable[[], Any]) -> str:
    """How long each statement took, and the plan of the slowest."""
    with statements() as sent:
        call()
    if not sent:
        return "It sends no statement."
    lines = [f"{statement.seconds * 1000:8.1f} ms  {' '.join(statement.sql.split())[:140]}" for statement in sent]
    slowest = max(sent, key=lambda statement: statement.seconds)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {slowest.sql}", slowest.params)
            lines += [row[0] for row in cursor.fetchall()[:LONGEST_PLAN]]
    except DatabaseError as error:
        lines.append(f"no plan: {error}".strip())
    return "\n".join(lines)


def of_python(call: Callable[[], Any]) -> str:
    """The functions in which Python spends most of the time."""
    profile = cProfile.Profile()
    profile.runcall(call)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(TOP)
    return "\n".join(line for line in text.getvalue().splitlines() if line.strip())
