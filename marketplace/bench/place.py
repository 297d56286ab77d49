"""The bench's own market: a database of its own for each size, kept from run to run while its recipe is the same."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from marketplace import seed

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Market:
    """What is measured."""

    leads: int
    number: int  # which of the possible markets
    now: datetime  # when it was made: its leads have run for so long


def open_market(*, leads: int, number: int, say: Say) -> Market:
    """Connect this process, and those it starts, to the market of this size; make it if it is not there.

    It lies in a database that no other command uses, whatever DATABASE_URL names.
    """
    name = f"bench_{leads}_{number}"
    recipe = _recipe()
    made = _read(name)
    if made is None or made.get("recipe") != recipe:
        create_database(name)
    _connect(name)
    call_command("migrate", interactive=False, verbosity=0)
    if made is None or made.get("recipe") != recipe:
        now = timezone.now()
        say(f"Making a market of {leads} leads; a million takes some minutes ...")
        call_command("seed", leads=leads, number=number, force=True, verbosity=0)
        made = {"recipe": recipe, "now": now.isoformat()}
        _note(name, made)
    return Market(leads, number, datetime.fromisoformat(made["now"]))


def _recipe() -> str:
    """Changes whenever the seed does."""
    found = hashlib.sha256()
    for path in sorted(Path(seed.__file__).parent.rglob("*")):
        if path.suffix in (".py", ".toml"):
            found.update(path.read_bytes())
    return found.hexdigest()


def _read(name: str) -> dict[str, Any] | None:
    """What was noted when the database was finished; None if it is not there or half made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
    noted: dict[str, Any] | None = json.loads(row[0]) if row and row[0] else None
    return noted


def create_database(name: str) -> None:
    """An empty database in place of one that may be there."""
    drop_database(name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    """Remove a database, whatever command is connected to it; there may be none.

    Not WITH (FORCE), which refuses to end an autovacuum at work; without it, PostgreSQL lets that one stop by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
        cursor.execute(ours, [name])
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def address_of(name: str) -> str:
    """The DATABASE_URL of another database of the same server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _note(name: str, made: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(json.dumps(made)))
        )


def _connect(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = address_of(name)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # of this connection; a slow answer is to be measured, not refused
