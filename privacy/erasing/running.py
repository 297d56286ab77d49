"""Carrying out a wish to leave under a lease; a worker may die anywhere, and the next one goes on.

First the line in the ledger and what will be kept; then what apps do with companies and leads, the rows of the map and
the files, in batches; last, in one transaction, the account, the state and the final letter.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from privacy.cascades import delete_files
from privacy.datamap import Person
from privacy.departures import Addressee, Leaving, accounts, erasers
from privacy.erasing import ledger
from privacy.erasing.consents import withdraw_consents
from privacy.erasing.receivers import tell_followers, tell_receivers
from privacy.erasing.rows import NOTHING, erase_batch, held_rows, kept_rows, must_wait, parts_to_erase
from privacy.erasing.wishes import enter_wishes
from privacy.followers import was_public
from privacy.models import Erasure, Receipt, SubjectRequest, Suppression
from privacy.outlets import outlet
from privacy.removal_reason import removing_for
from privacy.selectors.holds import Holds, is_held
from privacy.selectors.people import person_by_number

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)  # renewed with each batch
SHIFT = 120.0  # seconds after which a worker leaves the rest to the next one
HELD_FOR = timedelta(days=1)  # then it is asked again whether the hold has ended

State = SubjectRequest.State


class LeaseLost(Exception):
    """Another worker has the erasure now, or it has ended."""


class ShiftOver(Exception):
    """The worker makes room for other tasks; the sweep goes on at once."""


def run(pk: UUID) -> None:
    """Erase whoever asked for it, if their time to change their mind is over and nothing holds them."""
    job = claim(pk, now=timezone.now())
    if job is None:
        return
    try:
        erase(job, ends_at=time.monotonic() + SHIFT)
    except LeaseLost:
        log.warning("erasure_lease_lost", request=str(pk))
    except ShiftOver:
        Erasure.objects.filter(pk=pk, lease_until=job.lease_until).update(lease_until=None)


@transaction.atomic(durable=True)
def claim(pk: UUID, *, now: datetime) -> Erasure | None:
    """Take an erasure whose time has come; None when another worker has it, it has ended, or its person is held."""
    waiting = Erasure.objects.waiting(at=now).filter(pk=pk).select_for_update(skip_locked=True, of=["self"])
    job = waiting.select_related("request").first()
    if job is None or job.member_number is None:
        return None
    if is_held(member_id=job.member_number, at=now) or must_wait(person_by_number(job.member_number), Holds(at=now)):
        Erasure.objects.filter(pk=pk).update(runs_at=now + HELD_FOR, lease_until=None)
        return None
    job.attempts += 1
    job.lease_until = now + LEASE
    job.save(update_fields=["attempts", "lease_until"])
    return job


def erase(job: Erasure, *, ends_at: float = float("inf"), is_in_ledger: bool = False) -> None:
    """Do what is left to do; `is_in_ledger`: its line is there already.

    Raises LeaseLost, and ShiftOver once `ends_at`, a time of time.monotonic, is past.
    """
    number = job.member_number or 0
    leaving = leaving_of(job)
    person = person_by_number(number)
    _leave_no_way_back(job)
    if not job.is_prepared:
        _prepare(job, person, is_in_ledger=is_in_ledger)
    holds = Holds(at=timezone.now())
    work: list[tuple[str, Callable[[], int]]] = [
        ("", partial(_by_app, eraser, leaving=leaving, files=job.files)) for eraser in erasers()
    ]
    for part in parts_to_erase():
        held = holds.on(part.table) | (Q(request=job.pk) if part.table.model is Erasure else NOTHING)
        work.append((part.table.label, partial(erase_batch, part, person, held=held, files=job.files)))
    for label, batch in work:
        while _do(job, label, batch):
            if time.monotonic() > ends_at:
                raise ShiftOver
    delete_files(job.files)  # a name stays on the list until its file is gone
    _finish(job)


def erase_released(*, now: datetime) -> int:
    """Erase what a hold had kept of people who are gone, now that no hold stands there; how many people."""
    holds, done = Holds(at=now), 0
    for job in Erasure.objects.filter(kept__contains=[{"held": True}], request__ended_at__isnull=False):
        person = person_by_number(job.member_number or 0)
        if any(held_rows(person, holds)):
            continue
        for part in parts_to_erase():
            while _release(job, partial(erase_batch, part, person, held=NOTHING, files=job.files)):
                pass
        delete_files(job.files)
        rest = [one for one in job.kept if not one.get("held")]
        Erasure.objects.filter(pk=job.pk).update(kept=rest, files=[])
        done += 1
    return done


@transaction.atomic(durable=True)
def _release(job: Erasure, batch: Callable[[], int]) -> int:
    count = batch()
    Erasure.objects.filter(pk=job.pk).update(files=job.files)
    return count


def leaving_of(job: Erasure) -> Leaving:
    """Who leaves, in the words that apps are told it in."""
    successors = {int(company): heir for company, heir in job.successors.items()}
    return Leaving(job.member_number or 0, Erasure.Leads(job.leads), successors)


def _by_app(eraser: Callable[..., int], *, leaving: Leaving, files: list[str]) -> int:
    return eraser(leaving=leaving, files=files, now=timezone.now())


@transaction.atomic(durable=True)
def _leave_no_way_back(job: Erasure) -> None:
    """From here on the wish cannot be taken back; whoever was quicker to stay, stays. Raises LeaseLost."""
    open_one = SubjectRequest.objects.filter(pk=job.pk, state__in=[State.COOLING_OFF, State.RUNNING])
    if not open_one.update(state=State.RUNNING):
        raise LeaseLost
    accounts().freeze(job.member_number or 0)
    _renew(job)


def _prepare(job: Erasure, person: Person, *, is_in_ledger: bool) -> None:
    """Write the ledger, then all that has to be known before the first row goes."""
    now = timezone.now()
    addresses = [(Suppression.Kind.EMAIL, address) for address in person.addresses]
    line = ledger.line_for(
        request=str(job.pk),
        reason=Suppression.Reason.ERASED,
        values=addresses,
        now=now,
        member=job.member_number,
        account=accounts().identify(job.member_number or 0) or "",
        leads=job.leads,
        successors=job.successors,
    )
    if not is_in_ledger:
        ledger.append(line)
    with transaction.atomic(durable=True):
        # First, so that it is counted among what is kept.
        enter_wishes(values=addresses, reason=Suppression.Reason.ERASED, now=now)
        job.kept = [asdict(one) for one in (*kept_rows(person), *held_rows(person, Holds(at=now)))]
        _renew(job, kept=job.kept, is_prepared=True)
        tell_receivers(request=job.request, members=[job.member_number or 0], change=Receipt.Change.ERASE, now=now)
        if was_public([job.member_number or 0]):
            tell_followers(request=job.request, now=now)
        withdraw_consents(member_id=job.member_number or 0, now=now)


@transaction.atomic(durable=True)
def _do(job: Erasure, label: str, batch: Callable[[], int]) -> int:
    """One batch, and the lease and the names of its files with it."""
    removing_for(job.pk)
    count = batch()
    if count and label:
        job.erased[label] = job.erased.get(label, 0) + count
    _renew(job, files=job.files, erased=job.erased)
    return count


def _renew(job: Erasure, **values: object) -> None:
    """Hold on for another lease. Raises LeaseLost."""
    now = timezone.now()
    mine = Erasure.objects.filter(pk=job.pk, lease_until=job.lease_until, lease_until__gt=now)
    if not mine.update(lease_until=now + LEASE, **values):
        raise LeaseLost
    job.lease_until = now + LEASE


@transaction.atomic(durable=True)
def _finish(job: Erasure) -> None:
    """Close the account and say so, at once; of two workers one does."""
    now = timezone.now()
    waits = Receipt.objects.open().filter(request=job.pk).exists()
    ended = State.PARTLY_KEPT if job.kept else State.DONE
    running = SubjectRequest.objects.filter(pk=job.pk, state=State.RUNNING)
    changed = running.update(state=State.AWAITING if waits else ended, ended_at=None if waits else now, member=None)
    if not changed:
        raise LeaseLost
    addressee = accounts().close(job.member_number or 0, now)
    letter = _write_letter(job, addressee, waits=waits, now=now) if job.writes_letter and addressee else None
    _renew(job, files=[], successors={}, to_bring_back={}, letter=letter)
    Erasure.objects.filter(pk=job.pk).update(lease_until=None)


def _write_letter(job: Erasure, addressee: Addressee, *, waits: bool, now: datetime) -> UUID:
    context = {"name": addressee.name, "kept": job.kept, "waits": waits, "request": str(job.pk)}
    return outlet().queue(
        template="erasure_done", to=addressee.email, language=addressee.language, context=context, now=now
    )
