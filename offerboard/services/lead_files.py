"""Changing which files a lead carries: pictures and documents go by the same rules."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.fields.files import FieldFile

from offerboard.models import Lead, LeadDocument, LeadPicture
from offerboard.revisions import keep_revisions
from offerboard.services.files import files_of_this_try
from offerboard.services.leads import must_be_reviewed


class Sent(Protocol):
    """A file that somebody sent and that can be used."""

    @property
    def digest(self) -> str:
        """The SHA-256 of what was sent."""


SentFile = TypeVar("SentFile", bound=Sent)


def change_files(
    *,
    lead: Lead,
    model: type[LeadPicture] | type[LeadDocument],
    added: Sequence[SentFile],
    removed: Collection[Any],
    keep: Callable[[SentFile, Lead, int, list[FieldFile]], None],
    forget: Callable[[QuerySet[Any]], None],
    now: datetime,
) -> list[SentFile]:
    """Take files off a lead and put others on it; answers those for which there was no room.

    What the lead has already is not added again. Files appear and vanish with the rows: `keep` writes one with its row,
    at a position, and lists what it wrote; `forget` deletes the files of rows that go. `removed` holds keys of the
    model; those of other leads are ignored.
    """
    with files_of_this_try() as written, transaction.atomic(durable=True):
        current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
        rows: QuerySet[Any] = model._default_manager.filter(lead=current)
        gone = rows.filter(pk__in=removed)
        forget(gone)
        dropped, _rows = gone.delete()
        known = set(rows.values_list("digest", flat=True))
        new = list({one.digest: one for one in added if one.digest not in known}.values())  # sent twice counts once
        room = model.MOST - rows.count()  # invented pictures have no digest
        top = rows.aggregate(top=Max("position"))["top"]
        for position, one in enumerate(new[:room], start=0 if top is None else top + 1):
            keep(one, current, position, written)
        if dropped or new[:room]:  # pages that show the lead are kept by its time of change
            state = Lead.State.PENDING if new[:room] and must_be_reviewed(current) else current.state
            Lead.objects.filter(pk=current.pk).update(state=state, updated_at=now)
            keep_revisions(leads=Lead.objects.filter(pk=current.pk), now=now)
    lead.refresh_from_db()
    return new[room:]
