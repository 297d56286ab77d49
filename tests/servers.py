"""PostgreSQL and Valkey for test runs: their own ones, apart from the demo's; several runs may share them.

The first process of a run (pytest-xdist's controller) starts the servers and hands their addresses to its workers
through the environment. Each run has databases of its own, each process a Redis database of its own.
"""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis
from psycopg2 import sql

from marketplace.embedded.servers import Servers
from marketplace.local import ServersUnavailable, state_directory, use_embedded_servers

__all__ = ["ServersUnavailable", "leave_servers", "use_servers_for_tests"]

RUN_STATE = "TEST_RUN_STATE"  # set by the process that starts the servers, for its workers
_started: list[Servers] = []


def use_servers_for_tests() -> None:
    """Set the environment for this process: servers, test settings, a state directory that ends with the run.

    DATABASE_URL and REDIS_URL are taken as they are where they are set. Raises ServersUnavailable.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        os.environ["TESTING"] = "1"
        given = {name for name, value in os.environ.items() if value}
        if servers := use_embedded_servers(state_directory() / "test", for_tests=True):
            _started.append(servers)
        if "DATABASE_URL" not in given:
            os.environ["DATABASE_URL"] = _database_of_this_run(os.environ["DATABASE_URL"])
        if "REDIS_URL" not in given:
            os.environ["TEST_REDIS_IS_OURS"] = "1"
        os.environ[RUN_STATE] = _directory_of_this_run()
    os.environ["REDIS_URL"] = _redis_of_this_process(os.environ["REDIS_URL"], worker)
    os.environ["MARKETPLACE_STATE"] = str(Path(os.environ[RUN_STATE]) / (worker or "main"))
    Path(os.environ["MARKETPLACE_STATE"], "static").mkdir(parents=True)


def leave_servers() -> None:
    """Remove what the run wrote, and stop the servers unless another run uses them."""
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        shutil.rmtree(os.environ[RUN_STATE], ignore_errors=True)
        for servers in _started:
            servers.leave()


def _directory_of_this_run() -> str:
    """A new temporary directory, after removing those of runs that were killed."""
    for old in Path(tempfile.gettempdir()).glob("trade-leads-test-*-*"):
        run = old.name.split("-")[3]
        if run.isdecimal() and not _lives(int(run)):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"trade-leads-test-{os.getpid()}-")


def _database_of_this_run(url: str) -> str:
    """The address with a database name of our own, after removing databases of runs that were killed."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_run\\_%'")
        for (name,) in cursor.fetchall():
            if (run := re.match(r"test_run_(\d+)", name)) and not _lives(int(run[1])):
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(url)._replace(path=f"/run_{os.getpid()}"))


def _redis_of_this_process(url: str, worker: str | None) -> str:
    """The address with a database number of our own, which on ours is empty.

    On our own server numbers are dealt out in turn. On a given one, workers count on from the given number, and nothing
    is removed.
    """
    if not os.environ.get("TEST_REDIS_IS_OURS"):
        first = int(urlsplit(url).path.strip("/") or 0)
        return _numbered(url, first + (int(worker.removeprefix("gw")) + 1 if worker else 0))
    with redis.Redis.from_url(_numbered(url, 0)) as client:
        number = client.incr("test processes") % 1000 + 1
    with redis.Redis.from_url(_numbered(url, number)) as client:
        client.flushdb()
    return _numbered(url, number)


def _numbered(url: str, number: int) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
