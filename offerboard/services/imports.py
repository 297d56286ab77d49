"""Files of leads: taken in, mapped, started, and forgotten after a while. offerboard.importing does the work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Member
from directory.models import Company
from offerboard import tasks
from offerboard.importing import pace
from offerboard.importing.mapping import Mapping
from offerboard.importing.running import LEASE, stop
from offerboard.importing.shape import Shape
from offerboard.importing.source import examine
from offerboard.models import LeadImport, RefusedRow, SeenRow, SentFile
from offerboard.services.lead_states import CompanyNotListed
from privacy.private_files import forget_strays

UPLOADS_A_DAY = 20  # of one company, those that were kept
FILES_A_DAY = 60  # of one member, also refused and discarded ones: looking through a file is work too
FORGOTTEN_AT_ONCE = 10_000  # rows
DAY = timedelta(days=1)
STRAY_AFTER = timedelta(days=1)  # a file that no row knows: its transaction failed, or its company is gone


class TooManyImports(Exception):
    """The company has sent as many files today as it may."""


class TooManyFiles(Exception):
    """The member has sent as many files as are looked through in a day; `goes_on` is when there is room again."""

    def __init__(self, goes_on: datetime) -> None:
        super().__init__()
        self.goes_on = goes_on


class AnotherRuns(Exception):
    """An import of the company runs, or was stopped less than a lease ago."""


class NotGoingOn(Exception):
    """The import has ended, or was never started."""


class NotWaitingForColumns(Exception):
    """The import was started or discarded in the meantime."""


def take_file(*, company: Company, member: Member, file: "File[bytes]", now: datetime) -> LeadImport:
    """Look through a file and keep it; nothing is imported yet. Raises FileRefused, TooManyFiles, TooManyImports."""
    _count_file(member=member, now=now)
    shape = examine(file.file)  # type: ignore[arg-type]  # what Django gives is one of its own two kinds of file
    file.seek(0)
    with _kept(file) as name, transaction.atomic(durable=True):
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # of two uploads, one counts the other
        today = LeadImport.objects.filter(company=company, created_at__gt=now - DAY).exclude(file="")
        if today.count() >= UPLOADS_A_DAY:
            raise TooManyImports
        return LeadImport.objects.create(
            company=company,
            member=member,
            file=name,
            name=(file.name or "")[-200:],
            shape=shape.as_json(),
            created_at=now,
        )


@transaction.atomic(durable=True)
def _count_file(*, member: Member, now: datetime) -> None:
    """Count a file before it is looked through, so that a refusal does not undo it. Raises TooManyFiles."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)  # of two uploads, one counts the other
    today = SentFile.objects.filter(member=member, sent_at__gt=now - DAY).order_by("-sent_at")
    moments = list(today.values_list("sent_at", flat=True)[:FILES_A_DAY])
    if len(moments) == FILES_A_DAY:
        raise TooManyFiles(moments[-1] + DAY)
    SentFile.objects.create(member=member, sent_at=now)


@transaction.atomic(durable=True)
def choose_columns(*, lead_import: LeadImport, mapping: Mapping) -> None:
    """Say what the columns mean; can be said again until the import starts. Raises NotWaitingForColumns."""
    uploaded = LeadImport.objects.filter(pk=lead_import.pk, state=LeadImport.State.UPLOADED)
    if not uploaded.update(mapping=mapping.as_json()):
        raise NotWaitingForColumns


@transaction.atomic(durable=True)
def start_import(*, lead_import: LeadImport) -> None:
    """Let a worker begin. Of two clicks, one starts it. Raises CompanyNotListed, NotWaitingForColumns."""
    company = Company.objects.select_for_update(no_key=True).get(pk=lead_import.company_id)
    if company.state != Company.State.LISTED:
        raise CompanyNotListed
    uploaded = LeadImport.objects.filter(pk=lead_import.pk, state=LeadImport.State.UPLOADED).exclude(mapping={})
    if not uploaded.update(state=LeadImport.State.QUEUED):
        raise NotWaitingForColumns
    transaction.on_commit(partial(tasks.wake_import, import_id=str(lead_import.pk)))


def stop_import(*, lead_import: LeadImport, now: datetime) -> None:
    """End an import before the end of its file. Raises NotGoingOn."""
    if not stop(lead_import.pk, now=now):
        raise NotGoingOn


@transaction.atomic(durable=True)
def discard_import(*, lead_import: LeadImport) -> None:
    """Forget a file that was not started. Raises NotWaitingForColumns."""
    uploaded = LeadImport.objects.filter(pk=lead_import.pk, state=LeadImport.State.UPLOADED).select_for_update().first()
    if uploaded is None:
        raise NotWaitingForColumns
    _forget_file(uploaded)
    uploaded.delete()


@transaction.atomic(durable=True)
def begin_here(*, company: Company, name: str, shape: Shape, mapping: Mapping, now: datetime) -> LeadImport:
    """An import that its caller holds and works through itself, from a file of its own.

    Raises AnotherRuns, CompanyNotListed.
    """
    for left in LeadImport.objects.waiting(at=now).filter(company=company, by_command=True):
        _close(left, now=now)
    if Company.objects.select_for_update(no_key=True).get(pk=company.pk).state != Company.State.LISTED:
        raise CompanyNotListed
    job = LeadImport(company=company, name=name[-200:], shape=shape.as_json(), mapping=mapping.as_json())
    job.by_command, job.state, job.lease_until = True, LeadImport.State.RUNNING, now + LEASE
    job.created_at = job.started_at = now
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        raise AnotherRuns from error
    return job


def take_up_waiting(*, now: datetime) -> None:
    """Wake workers for imports whose wake-up was lost or whose worker died; those of a dead command are over.

    Whoever was served longest ago comes first: a wake-up that no worker takes in time is lost, and with many companies
    the same ones would lose theirs each time.
    """
    longest_ago = F("lease_until").asc(nulls_first=True)
    for lead_import in LeadImport.objects.waiting(at=now).order_by(longest_ago, "created_at"):
        if lead_import.by_command:
            close_abandoned(lead_import=lead_import, now=now)
        else:
            tasks.wake_import(import_id=str(lead_import.pk))


@transaction.atomic(durable=True)
def close_abandoned(*, lead_import: LeadImport, now: datetime) -> None:
    """The command that held the file was killed; nobody else has the file."""
    _close(lead_import, now=now)


def _close(lead_import: LeadImport, *, now: datetime) -> None:
    abandoned = LeadImport.objects.waiting(at=now).filter(pk=lead_import.pk, by_command=True)
    why = _("The command was stopped. Run it again; what is imported already is not repeated.")
    abandoned.update(state=LeadImport.State.FAILED, failure=why, lease_until=None, waits_until=None, ended_at=now)


def forget_old_files(*, now: datetime) -> None:
    """Delete files and refused rows of imports after their time; also what was uploaded and never started."""
    old = LeadImport.objects.outdated(at=now)
    for lead_import in old.exclude(file=""):
        with transaction.atomic(durable=True):
            current = old.select_for_update().filter(pk=lead_import.pk).first()
            if current is None:  # it was started at this moment
                continue
            _forget_file(current)
            if current.state == LeadImport.State.UPLOADED:
                current.delete()
            else:
                LeadImport.objects.filter(pk=current.pk).update(file="", table="")
    RefusedRow.objects.filter(lead_import__in=old).delete()
    SeenRow.objects.filter(lead_import__in=old).delete()
    _forget_contents()
    SentFile.objects.filter(sent_at__lte=now - DAY).delete()
    pace.forget_days(now=now)
    forget_strays(folder="imports", model=LeadImport, columns=["file", "table"], before=now - STRAY_AFTER)


def _forget_contents() -> None:
    """What rows of ended imports said, in portions that no statement takes long for; repeats stay for the report."""
    firsts = SeenRow.objects.filter(lead_import=OuterRef("pk"), first_line=None)
    ended = LeadImport.objects.filter(Exists(firsts), state__in=[LeadImport.State.DONE, LeadImport.State.FAILED])
    for lead_import in ended:
        rows = SeenRow.objects.filter(lead_import=lead_import, first_line=None)
        while some := list(rows.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
            SeenRow.objects.filter(pk__in=some).delete()


def _forget_file(lead_import: LeadImport) -> None:
    for file in (lead_import.file, lead_import.table):
        if file:
            transaction.on_commit(partial(file.storage.delete, file.name))


@contextmanager
def _kept(file: "File[bytes]") -> Iterator[str]:
    """The file's name in the private storage; when what follows fails, it is deleted again."""
    field = LeadImport._meta.get_field("file")
    name = field.storage.save(field.generate_filename(LeadImport(), "leads"), file)
    try:
        yield name
    except BaseException:
        field.storage.delete(name)
        raise
