"""Programs that tests start beside themselves."""

import os
import subprocess
import sys
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.waiting import whoever_comes_is_gone_after


def environment_of_test(**more: str) -> dict[str, str]:
    """What a process needs to work in this very test's database."""
    given = connection.get_connection_params()
    host, port, user, password = (
        quote(str(given.get(part) or ""), safe="") for part in ("host", "port", "user", "password")
    )
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{user}:{password}@/{given['dbname']}?host={host}&port={port or 5432}",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        **more,
    }


# Dies like a process that is killed from outside, at a moment that does not depend on how fast the machine is.
DIES = """
import os, signal
import django; django.setup()
from django.db import connection
left = {statements}
def count(execute, sql, *more):
    global left
    left -= {words!r} in sql
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, *more)
connection.execute_wrappers.append(count)
"""


def run_until_killed(code: str, *, statements: int, words: str = "", **environment: str) -> int:
    """Run this in a process of its own until it is about to send a statement with these words for the so-manieth time.

    Returns how it ended: -9 if it was killed, 0 if it sends fewer.
    """
    dying = DIES.format(statements=statements, words=words) + code
    run = [sys.executable, "-c", dying]
    with whoever_comes_is_gone_after():
        ended = subprocess.run(run, env=environment_of_test(**environment), cwd=settings.BASE_DIR, check=False)
    return ended.returncode
