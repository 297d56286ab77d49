"""Erasing what is kept about the holder of a mailbox who has no account."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from privacy.cascades import delete_files
from privacy.datamap import Person, Table
from privacy.erasing.rows import NOTHING, erase_batch, parts_to_erase
from privacy.mailboxes import spellings
from privacy.models import OPEN, Removal, SubjectRequest
from privacy.selectors.holds import Holds


@transaction.atomic
def erase_mailbox(*, address: str, now: datetime) -> None:
    """Do to everything that is kept about a mailbox's holder what the data map says, in one transaction.

    What is under hold stays, and so do requests that are open: they have to be answered.
    """
    person, holds = Person(member_id=None, addresses=spellings(address)), Holds(at=now)
    files: list[str] = []
    for part in parts_to_erase():
        while erase_batch(part, person, held=holds.on(part.table) | waiting(part.table), files=files):
            pass
    transaction.on_commit(partial(delete_files, files))


def waiting(table: Table) -> Q:
    """Rows of requests that wait for an answer."""
    if table.model is SubjectRequest:
        return Q(state__in=OPEN)
    return Q(request__state__in=OPEN) if table.model is Removal else NOTHING
