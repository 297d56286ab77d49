"""How many leads a company's files may bring in a day (UTC). What a command imports is staff's, and not counted."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from offerboard.importing.cleaning import Cleaned
from offerboard.importing.insert import lead_row
from offerboard.models import ImportDay, Lead, LeadImport, SeenRow


def fitting(job: LeadImport, cleaned: Sequence[Cleaned], *, now: datetime) -> int:
    """How many of the rows, from the first on, may be stored today; 0 when the first one is a lead too many.

    Of a company one import runs at a time, so nobody else uses the room in the meantime.
    """
    if job.by_command:
        return len(cleaned)
    used = ImportDay.objects.filter(company=job.company_id, day=_day(now)).values_list("leads", flat=True).first()
    room = max(settings.LEADS_PER_DAY - (used or 0), 0)
    if len(cleaned) <= room:
        return len(cleaned)
    new = _new(job, cleaned)
    return new[room] if len(new) > room else len(cleaned)


def count(job: LeadImport, leads: int, *, now: datetime) -> None:
    """Add leads to those of the company's day; in the transaction that stores them."""
    if job.by_command or not leads:
        return
    day, _is_new = ImportDay.objects.get_or_create(company_id=job.company_id, day=_day(now))
    ImportDay.objects.filter(pk=day.pk).update(leads=F("leads") + leads)


def next_day(now: datetime) -> datetime:
    """When there is room again."""
    return datetime.combine(_day(now) + timedelta(days=1), time(), tzinfo=UTC)


def is_next_day(moment: datetime) -> bool:
    """Whether `next_day` gave this moment; an import waits for other reasons, too."""
    return moment.astimezone(UTC).time() == time()


def forget_days(*, now: datetime) -> None:
    """Delete what no import asks for any more."""
    ImportDay.objects.filter(day__lt=_day(now) - timedelta(days=1)).delete()


def _new(job: LeadImport, cleaned: Sequence[Cleaned]) -> list[int]:
    """The places of good rows that the company has not imported before and that repeat none before. Two queries."""
    company, said = job.company_id, _said(job, cleaned)
    rows = {
        place: lead_row(company_id=company, key=one.row.key, values={}, fallback_slug="")
        for place, one in enumerate(cleaned)
        if one.row
    }
    named = [name for row in rows.values() for name in (row.submission, row.own) if name]
    leads = Lead.objects.filter(company_id=company, submission__in=named)
    known = set(leads.values_list("submission", flat=True))
    places = []
    for place, row in rows.items():
        mark = _mark(cleaned[place], row.submission)
        if mark not in said and row.submission not in known and row.own not in known:
            places.append(place)
        said.add(mark)
    return places


def _said(job: LeadImport, cleaned: Sequence[Cleaned]) -> set[UUID]:
    """What rows say, in a file without a key, that earlier batches said already."""
    contents = [one.row.content for one in cleaned if one.row and one.row.content]
    if not contents:
        return set()
    found = SeenRow.objects.filter(lead_import=job, first_line=None, content__in=contents)
    return set(found.values_list("content", flat=True))


def _mark(one: Cleaned, submission: UUID) -> UUID:
    """What two rows share of which one repeats the other."""
    return (one.row and one.row.content) or submission


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
