"""Working through a file in batches, so that a worker may die anywhere.

Each batch commits its leads, its refused rows and the position behind it in one transaction, under a lease that is
renewed with it. A lease that ran out is taken up by the sweep, which goes on behind the last batch.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import BinaryIO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Member
from directory.models import EDITORS, Company, TeamMember
from offerboard.importing import pace
from offerboard.importing.cleaning import Cleaned, CleanRow, Problem, RowCleaner
from offerboard.importing.insert import LeadRow, insert_leads, lead_row
from offerboard.importing.insert_tiers import insert_tiers
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import FileRefused, Position, Record, Shape
from offerboard.importing.source import read_rows
from offerboard.importing.turning import read_turned, turned
from offerboard.importing.twins import without_twins
from offerboard.models import Lead, LeadImport, RefusedRow
from offerboard.revisions import keep_revisions
from privacy.languages import site_language

log = structlog.get_logger(__name__)

BATCH = 1000  # rows
LEASE = timedelta(seconds=60)
SHIFT = 20.0  # seconds after which a worker lets other tasks have their turn
MOST_ATTEMPTS = 5  # without a batch stored
REST_BETWEEN = timedelta(seconds=30)  # two tries while the database is away, or somebody else holds a row too long
MOST_UNKNOWN = 500  # names of unknown categories kept; the others are counted together
REST = "…"


class LeaseLost(Exception):
    """Another worker has the import now, or it has ended."""


class MayNotGoOn(Exception):
    """The company or the member may not post any more; `str()` says which."""


@dataclass(slots=True)
class Outcome:
    """What became of some rows."""

    imported: int = 0
    repeated: int = 0
    refused: list[Cleaned] = field(default_factory=list)
    fallen: int = 0
    shortened: int = 0
    masked: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def keep(self, row: CleanRow) -> None:
        """Count a lead that came, and what was done to fit it in."""
        self.imported += 1
        self.shortened += row.is_shortened
        self.masked += row.is_masked
        if row.unknown_category:
            self.fallen += 1
            self.unknown[row.unknown_category] += 1


def go_on(pk: UUID, *, shift: float = SHIFT) -> bool:
    """Work on an import for a while, if it waits for somebody; whether something is left to do."""
    job = claim(pk, now=timezone.now())
    if job is None:
        return False
    if not job.file or not job.file.storage.exists(job.file.name):
        fail(job, _("The file is gone. Send it again; what is imported already is not repeated."))
        return False
    with job.file.open("rb") as file:
        return run(job, file, ends_at=time.monotonic() + shift)


def run(
    job: LeadImport, file: BinaryIO, *, ends_at: float = float("inf"), tell: Callable[[], None] | None = None
) -> bool:
    """Work through the file of an import that this worker holds; `tell` is called after each batch.

    Whether something is left to do, since the shift is over: then nobody holds it any more.
    """
    try:
        with translation.override(_language_of(job)):
            return _run(job, file, ends_at=ends_at, tell=tell)
    except (OperationalError, InterfaceError) as error:
        if job.by_command:  # nobody else has the file
            raise
        log.warning("import_rests", lead_import=str(job.pk), error=type(error.__cause__ or error).__name__)
        rest(job, now=timezone.now())
    except LeaseLost:
        log.warning("import_lease_lost", lead_import=str(job.pk))
    except (FileRefused, MayNotGoOn) as refusal:
        fail(job, str(refusal))
    return False


def _run(job: LeadImport, file: BinaryIO, *, ends_at: float, tell: Callable[[], None] | None) -> bool:
    shape = Shape.from_json(job.shape)
    cleaner = RowCleaner(shape, Mapping(**job.mapping))
    with _rows(job, file, shape) as rows:
        for batch in batches(rows):
            if not _store(job, batch, [cleaner.clean(record) for record in batch]):
                return False
            if tell:
                tell()
            if time.monotonic() >= ends_at:
                hand_back(job, now=timezone.now())
                return True
    finish(job, now=timezone.now())
    return False


def _store(job: LeadImport, batch: Sequence[Record], cleaned: Sequence[Cleaned]) -> bool:
    """Store a batch; False if the day's leads were spent before its end, and the import waits for the next day."""
    done = 0
    while done < len(batch):
        now = timezone.now()
        more = pace.fitting(job, cleaned[done:], now=now)
        if not more:
            wait(job, until=pace.next_day(now), now=now)
            return False
        done += more
        take(job, cleaned[done - more : done], after=batch[done - 1].after, now=now)
    return True


@contextmanager
def _rows(job: LeadImport, file: BinaryIO, shape: Shape) -> Iterator[Iterator[Record]]:
    """The rows that are still to read. A sheet that was sent is turned into a table first. Raises FileRefused."""
    after = Position(job.offset, job.line)
    if shape.format != "xlsx" or job.by_command:  # a command has no shifts: it reads its sheet once
        yield read_rows(file, shape, after=after)
        return
    if not job.table or not job.table.storage.exists(job.table.name):  # made anew, it is the same table
        _turn(job, file)
    with job.table.open("rb") as table:
        yield read_turned(table, after=after)


def _turn(job: LeadImport, file: BinaryIO) -> None:
    """Make the table and keep it with the import. Raises FileRefused, LeaseLost."""
    field = job.table.field
    name = field.generate_filename(job, "")
    with turned(file, storage=field.storage, name=name, renew=lambda: renew(job, now=timezone.now())) as kept:
        renew(job, now=timezone.now(), table=kept)
    job.table = kept


def renew(job: LeadImport, *, now: datetime, **values: str) -> None:
    """Hold on for another lease, and store values with it. Raises LeaseLost."""
    mine = LeadImport.objects.filter(
        pk=job.pk, state=LeadImport.State.RUNNING, lease_until=job.lease_until, lease_until__gt=now
    )
    if not mine.update(lease_until=now + LEASE, **values):
        raise LeaseLost
    job.lease_until = now + LEASE


def batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    """The rows in portions, each stored at once."""
    while batch := list(islice(rows, BATCH)):
        yield batch


@transaction.atomic(durable=True)
def claim(pk: UUID, *, now: datetime) -> LeadImport | None:
    """Take an import that waits; None when another worker has it, its company's other one runs, or nothing is left."""
    found = LeadImport.objects.waiting(at=now).filter(pk=pk).select_for_update(skip_locked=True).first()
    if found is None:
        return None
    found.attempts += 1
    if found.attempts > MOST_ATTEMPTS:
        _end(found, state=LeadImport.State.FAILED, now=now, failure=_("Reading the file failed again and again."))
        return None
    found.state = LeadImport.State.RUNNING
    found.started_at = found.started_at or now
    found.lease_until, found.waits_until = now + LEASE, None
    try:
        with transaction.atomic():
            found.save(update_fields=["attempts", "state", "started_at", "lease_until", "waits_until"])
    except IntegrityError:  # another one of the company began at this moment; the sweep comes back to this one
        return None
    return found


@transaction.atomic(durable=True)
def take(job: LeadImport, cleaned: Sequence[Cleaned], *, after: Position, now: datetime) -> None:
    """Store a batch: its leads, its refused rows, and that reading goes on behind it. Raises LeaseLost, MayNotGoOn."""
    current = _held(job, now=now)
    outcome = Outcome(refused=[one for one in cleaned if one.row is None])
    good = [one for one in cleaned if one.row]
    fresh = without_twins(current, good)
    outcome.repeated = len(good) - len(fresh)
    _insert(current, fresh, outcome, now=now)
    RefusedRow.objects.bulk_create(_refused_rows(current, outcome.refused))
    current.offset, current.line = after.offset, after.line
    current.rows_read += len(cleaned)
    current.imported += outcome.imported
    current.repeated += outcome.repeated
    current.refused += len(outcome.refused)
    current.fallen += outcome.fallen
    current.shortened += outcome.shortened
    current.masked += outcome.masked
    add_unknown(current.unknown_categories, outcome.unknown)
    pace.count(current, outcome.imported, now=now)
    current.lease_until, current.attempts = now + LEASE, 0
    current.save()
    job.lease_until = current.lease_until
    for name in ("rows_read", "imported", "repeated", "refused"):
        setattr(job, name, getattr(current, name))


def add_unknown(counts: dict[str, int], found: Counter[str]) -> None:
    """Add names of categories to the counted ones; beyond the first hundreds they share one entry."""
    for name, rows in found.items():
        key = name if name in counts or len(counts) < MOST_UNKNOWN else REST
        counts[key] = counts.get(key, 0) + rows


def finish(job: LeadImport, *, now: datetime) -> None:
    """All rows are read."""
    with transaction.atomic():
        _end(_held(job, now=now), state=LeadImport.State.DONE, now=now)


def fail(job: LeadImport, why: str) -> None:
    """Stop for good; what was imported stays."""
    now = timezone.now()
    with transaction.atomic():
        try:
            _end(_held(job, now=now, checked=False), state=LeadImport.State.FAILED, now=now, failure=why[:300])
        except LeaseLost:
            log.warning("import_lease_lost", lead_import=str(job.pk))


@transaction.atomic(durable=True)
def stop(pk: UUID, *, now: datetime) -> bool:
    """End an import of a member's that waits or runs; whether there was one. What was imported stays.

    A batch that is being stored is waited for; the worker then finds that it holds nothing any more.
    """
    going_on = [LeadImport.State.QUEUED, LeadImport.State.RUNNING]
    found = LeadImport.objects.filter(pk=pk, state__in=going_on, by_command=False).select_for_update().first()
    if found is None:
        return False
    _end(found, state=LeadImport.State.FAILED, now=now, failure=_("Your team stopped it. What was imported stays."))
    return True


def hand_back(job: LeadImport, *, now: datetime) -> None:
    """Let another worker go on at once; it stays the company's running one."""
    mine = LeadImport.objects.filter(pk=job.pk, state=LeadImport.State.RUNNING, lease_until=job.lease_until)
    mine.update(lease_until=now)


def wait(job: LeadImport, *, until: datetime, now: datetime) -> None:
    """Let nobody go on before a moment: then the sweep takes it up."""
    mine = LeadImport.objects.filter(pk=job.pk, state=LeadImport.State.RUNNING, lease_until=job.lease_until)
    mine.update(lease_until=now, waits_until=until, attempts=0)


def rest(job: LeadImport, *, now: datetime) -> None:
    """Let nobody go on for a moment: the database failed the worker. That is not the file's, so the try is not counted.

    Raises OperationalError while the database is away: then the lease runs out, and the try counts.
    """
    connection.close_if_unusable_or_obsolete()
    mine = LeadImport.objects.filter(pk=job.pk, state=LeadImport.State.RUNNING, lease_until=job.lease_until)
    mine.update(lease_until=now, waits_until=now + REST_BETWEEN, attempts=Greatest(F("attempts") - 1, 0))


def _held(job: LeadImport, *, now: datetime, checked: bool = True) -> LeadImport:
    """The import, locked, if it is still this worker's; and if its company and member may post."""
    mine = LeadImport.objects.filter(
        pk=job.pk, state=LeadImport.State.RUNNING, lease_until=job.lease_until, lease_until__gt=now
    )
    current = mine.select_for_update().first()
    if current is None:
        raise LeaseLost
    if checked:
        _check_people(current)
    return current


def _check_people(job: LeadImport) -> None:
    """Both are locked, so that a suspension waits for the batch and then finds its leads. Raises MayNotGoOn."""
    job.company = Company.objects.select_for_update(no_key=True).get(pk=job.company_id)
    if job.company.state != Company.State.LISTED:
        raise MayNotGoOn(_("The company is not shown in the directory any more, so its leads cannot be public."))
    if job.by_command:
        return
    member = Member.objects.select_for_update(no_key=True).filter(pk=job.member_id or 0, is_active=True).first()
    team = TeamMember.objects.filter(company_id=job.company_id, role__in=EDITORS)
    if member is None or not team.filter(member=member).exists():  # there is none, too, where an account was erased
        raise MayNotGoOn(_("Who began the import may not post for the company any more."))


def _language_of(job: LeadImport) -> str:
    """In which its rows are read and its refusals are written."""
    return site_language(job.member.language) if job.member else settings.LANGUAGE_CODE


def _insert(job: LeadImport, cleaned: Sequence[Cleaned], outcome: Outcome, *, now: datetime) -> None:
    """Insert the leads; rows that the database itself refuses are found by halves."""
    rows = [_lead_row(job, one.row) for one in cleaned if one.row]
    state = Lead.State.PENDING if settings.LEADS_REVIEWED_FIRST else Lead.State.PUBLISHED
    try:
        with transaction.atomic():
            inserted = insert_leads(
                rows,
                company=job.company,
                member_id=job.member_id,
                language=_language_of(job),
                state=state,
                now=now,
            )
            insert_tiers(zip(rows, cleaned, strict=True), inserted)
            keep_revisions(leads=Lead.objects.filter(submission__in=inserted), now=now)
    except (IntegrityError, DataError) as error:
        if len(cleaned) == 1:
            log.warning("import_row_refused_by_database", error=type(error).__name__)
            cleaned[0].problems.append(Problem("", _("The row breaks a rule of the market.")))
            outcome.refused.append(cleaned[0])
            return
        half = len(cleaned) // 2
        _insert(job, cleaned[:half], outcome, now=now)
        _insert(job, cleaned[half:], outcome, now=now)
        return
    outcome.repeated += len(cleaned) - len(inserted)
    for lead, one in zip(rows, cleaned, strict=True):
        if one.row and lead.submission in inserted:
            inserted.remove(lead.submission)  # a second row with the same key is not counted again
            outcome.keep(one.row)


def _lead_row(job: LeadImport, row: CleanRow) -> LeadRow:
    return lead_row(company_id=job.company_id, key=row.key, values=row.values, fallback_slug=row.shelf_slug)


def _refused_rows(job: LeadImport, refused: Iterable[Cleaned]) -> list[RefusedRow]:
    return [
        RefusedRow(
            lead_import=job,
            line=one.line,
            columns=[problem.column for problem in one.problems],
            reasons=[problem.reason[:300] for problem in one.problems],
            cells=[cell.replace("\0", "") for cell in one.cells],
        )
        for one in refused
    ]


def _end(job: LeadImport, *, state: LeadImport.State, now: datetime, failure: str = "") -> None:
    if job.table:
        transaction.on_commit(partial(job.table.storage.delete, job.table.name))
    job.state, job.ended_at, job.failure, job.table = state, now, failure, ""
    job.lease_until = job.waits_until = None
    job.save(update_fields=["state", "ended_at", "lease_until", "waits_until", "failure", "attempts", "table"])
