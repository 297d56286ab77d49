"""Correcting what people cannot change alone: asked for with evidence, decided once, and passed on to receivers."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

from privacy import datamap
from privacy.erasing.receivers import tell_receivers
from privacy.models import Correction, Receipt, SubjectRequest
from privacy.private_files import forget_strays, private_files
from privacy.selectors.holds import Holds
from privacy.services.requests import ReasonMissing, file_request, tell_person

FOLDER = "evidence"
YOUNG = timedelta(hours=1)  # a file may still be about to get its row

State = SubjectRequest.State


class AlreadyAnswered(Exception):
    """Somebody else of the staff was quicker."""


class UnknownData(Exception):
    """The data map holds no such table or column."""


@transaction.atomic(durable=True)
def ask_for_correction(
    *, member: Any, table: str, text: str, evidence: "ContentFile[bytes] | None", now: datetime
) -> SubjectRequest:
    """Ask for a correction of a table's data (“offerboard.Message”), or of something else (""); of two clicks one asks.

    The file is stored before its row is: what a killed process leaves behind is no row's file, and removed by
    `forget_evidence`. Raises AlreadyAsked, UnknownData.
    """
    if table and table not in {one.label for one in datamap.tables_about_people()}:
        raise UnknownData(table)
    request = file_request(kind=SubjectRequest.Kind.CORRECTION, member=member, text=text, state=State.RECEIVED, now=now)
    Correction.objects.create(request=request, table=table, evidence=_store(evidence))
    tell_person(request, template="request_received", now=now)
    return request


@transaction.atomic
def accept_correction(*, request: SubjectRequest, reason: str, columns: Collection[str], by: Any, now: datetime) -> int:
    """It is corrected; the person hears what was done, and whoever had received these columns is told: GDPR art. 19.

    Answers how many receivers are told. Raises AlreadyAnswered, ReasonMissing, UnknownData.
    """
    if strange := set(columns) - set(datamap.columns()):
        raise UnknownData(", ".join(sorted(strange)))
    _decide(request, state=State.ACCEPTED, reason=reason, by=by, now=now)
    Correction.objects.filter(request=request).update(columns=sorted(columns))
    members = [request.member_id] if request.member_id else []
    told = tell_receivers(request=request, members=members, change=Receipt.Change.CORRECT, columns=columns, now=now)
    tell_person(request, template="correction_accepted", now=now, told=told)
    return told


@transaction.atomic
def refuse_correction(*, request: SubjectRequest, reason: str, by: Any, now: datetime) -> None:
    """It stays as it is; the person hears why, and where to complain: GDPR art. 12(4).

    Raises AlreadyAnswered, ReasonMissing.
    """
    _decide(request, state=State.REFUSED, reason=reason, by=by, now=now)
    tell_person(request, template="correction_refused", now=now)


def forget_evidence(*, now: datetime) -> None:
    """Delete files whose time is over, and those that no row names."""
    held = Holds(at=now).on(datamap.tables()[Correction])
    for correction in Correction.objects.with_outdated_evidence(at=now).exclude(held):
        correction.evidence.storage.delete(correction.evidence.name)
        Correction.objects.filter(pk=correction.pk, evidence=correction.evidence.name).update(evidence="")
    forget_strays(folder=FOLDER, model=Correction, columns=["evidence"], before=now - YOUNG)


def _store(evidence: "ContentFile[bytes] | None") -> str:
    if evidence is None:
        return ""
    suffix = PurePosixPath(evidence.name or "").suffix
    return private_files().save(f"{FOLDER}/{uuid4().hex}{suffix}", evidence)


def _decide(request: SubjectRequest, *, state: State, reason: str, by: Any, now: datetime) -> None:
    """Of two of the staff one decides; a reason is owed also when the answer is yes."""
    if not reason.strip():
        raise ReasonMissing
    waiting = SubjectRequest.objects.filter(pk=request.pk, kind=SubjectRequest.Kind.CORRECTION, state=State.RECEIVED)
    if not waiting.update(state=state, answer=reason.strip(), ended_at=now):
        raise AlreadyAnswered
    Correction.objects.filter(request=request).update(decided_by=by)
    request.refresh_from_db()
