"""Working on a copy under a lease, so that a worker may die anywhere: then the next one begins anew.

A file that is not finished is no row's file. Each attempt has a name of its own; what an attempt leaves behind is
removed by `privacy.services.requests.forget_exports`.
"""

import hashlib
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation

from privacy.exporting.archive import write_archive
from privacy.exporting.rows import parts
from privacy.languages import site_language
from privacy.models import Export, SubjectRequest
from privacy.outlets import outlet
from privacy.private_files import private_files
from privacy.selectors.people import person_of
from privacy.selectors.policies import policy_in_force

log = structlog.get_logger(__name__)

FOLDER = "exports"
LEASE = timedelta(minutes=3)  # renewed with each batch of rows and each file; storing the ZIP must fit in
YOUNG = 2 * LEASE  # a file may still be about to get its row
FETCHED_UNTIL = timedelta(days=7)
MOST_ATTEMPTS = 5
CHUNK = 1024 * 1024  # bytes


class LeaseLost(Exception):
    """Another worker has the export now, or it has ended."""


def build(pk: UUID) -> None:
    """Put the copy together, if it waits for somebody."""
    job = claim(pk, now=timezone.now())
    if job is None:
        return
    language = site_language(getattr(job.request.member, "language", ""))
    try:
        with translation.override(language), _beside_private_files() as target:
            _write(job, target)
            _keep(job, target)
    except LeaseLost:
        log.warning("export_lease_lost", request=str(pk))


@transaction.atomic(durable=True)
def claim(pk: UUID, *, now: datetime) -> Export | None:
    """Take an export that waits; None when another worker has it or it has ended."""
    waiting = Export.objects.waiting(at=now).filter(pk=pk).select_for_update(skip_locked=True, of=["self"])
    job = waiting.select_related("request__member").first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS or job.request.member is None:
        _end(job, state=SubjectRequest.State.FAILED, now=now)
        return None
    SubjectRequest.objects.filter(pk=job.pk).update(state=SubjectRequest.State.BUILDING)
    job.attempts += 1
    job.lease_until, job.rows_done = now + LEASE, 0
    job.save(update_fields=["attempts", "lease_until", "rows_done"])
    return job


def _beside_private_files() -> IO[bytes]:
    """A file without a name, which ends with the process; not in /tmp, which may be memory."""
    Path(settings.PRIVATE_ROOT).mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=settings.PRIVATE_ROOT)


def _write(job: Export, target: IO[bytes]) -> None:
    member: Any = job.request.member
    person, now = person_of(member), timezone.now()
    _renew(job, rows=sum(part.count(person) for part in parts()))
    write_archive(
        target,
        person=person,
        name=member.full_name,
        email=member.email,
        policy=str(policy_in_force(kind="privacy", at=now)),
        now=now,
        tell=lambda done: _renew(job, rows_done=done),
        folder=str(settings.PRIVATE_ROOT),
    )


def _renew(job: Export, **values: int) -> None:
    """Hold on for another lease, and say how far it has come. Raises LeaseLost."""
    now = timezone.now()
    mine = Export.objects.filter(pk=job.pk, lease_until=job.lease_until, lease_until__gt=now)
    if not mine.update(lease_until=now + LEASE, **values):
        raise LeaseLost
    job.lease_until = now + LEASE


def _keep(job: Export, target: IO[bytes]) -> None:
    """Store the finished file, then make it the request's in one transaction with the mail that says so."""
    target.seek(0)
    sha256 = hashlib.sha256()
    while chunk := target.read(CHUNK):
        sha256.update(chunk)
    size = target.tell()
    target.seek(0)
    _renew(job)
    name = private_files().save(f"{FOLDER}/{job.pk}-{job.attempts}.zip", File(target))
    now = timezone.now()
    with transaction.atomic(durable=True):
        mine = Export.objects.filter(pk=job.pk, lease_until=job.lease_until, lease_until__gt=now)
        kept = mine.update(
            file=name,
            size=size,
            digest=sha256.hexdigest(),
            lease_until=None,
            ready_at=now,
            expires_at=now + FETCHED_UNTIL,
        )
        if not kept:
            raise LeaseLost
        SubjectRequest.objects.filter(pk=job.pk).update(state=SubjectRequest.State.READY, ended_at=now)
        earlier = Export.objects.filter(request__member=job.request.member).exclude(pk=job.pk).exclude(file="")
        earlier.update(expires_at=now)  # one copy is enough; the sweep deletes its file
        _tell(job.request, now=now)


def _tell(request: SubjectRequest, *, now: datetime) -> None:
    member: Any = request.member
    until = now + FETCHED_UNTIL
    outlet().queue(
        template="export_ready",
        to=member.email,
        language=member.language,
        context={"name": member.name, "until": until},
        now=now,
    )


def _end(job: Export, *, state: SubjectRequest.State, now: datetime) -> None:
    SubjectRequest.objects.filter(pk=job.pk).update(state=state, ended_at=now)
    Export.objects.filter(pk=job.pk).update(lease_until=None)
    log.error("export_failed", request=str(job.pk))
