"""Telling members of new leads: matching what is new, and writing the mails that are due.

PostgreSQL holds both lists, `NewLead` and the notices that were not mailed; whoever looks at them twice, or with others
at the same time, does nothing twice.
"""

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone, translation

from accounts.models import Member
from mailings.services import queue_mail
from mailings.times import Frequency, due_at, zone_of
from offerboard.matching import Finders, finders
from offerboard.models import BoardEntry, NewLead, Notice
from offerboard.selectors.alerts import Alert, alert, news
from offerboard.stop_links import TEMPLATE
from privacy.languages import site_language

BATCH = 20  # leads matched in a transaction
OLD_NEWS = timedelta(days=7)  # a lead that was off the board for so long since it came is not new any more
PAUSE = timedelta(minutes=10)  # between two mails sent at once: a file of leads takes minutes to come in


def tell_of_new_leads(*, now: datetime) -> None:
    """Match what is new and write what is due; run twice, or by two workers at once, it tells nobody twice."""
    match_new_leads(now=now)
    write_due_mails(now=now)


_NOTE = """
INSERT INTO offerboard_notice (search_id, lead_id, found_at, due_at)
SELECT found, %s, %s, %s FROM unnest(%s::uuid[]) AS found ON CONFLICT DO NOTHING
"""

# --- matching -----------------------------------------------------------------------------------------------------


def match_new_leads(*, now: datetime) -> int:
    """Hold every new lead against the searches; answers how many were. What is off the board waits till it is back."""
    NewLead.objects.filter(since__lt=now - OLD_NEWS).delete()
    matched = 0
    while batch := _match_batch(now=now):
        matched += batch
    return matched


@transaction.atomic(durable=True)
def _match_batch(*, now: datetime) -> int:
    """Some leads, passing over those that another worker holds."""
    on_board = NewLead.objects.filter(lead__in=BoardEntry.objects.public(at=now).values("pk"))
    waiting = on_board.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    batch = list(waiting.values_list("pk", flat=True)[:BATCH])
    for lead in batch:
        for found in finders(lead, now=now):
            _note(lead, found, now=now)
    NewLead.objects.filter(pk__in=batch).delete()
    return len(batch)


def _note(lead_id: int, found: Finders, *, now: datetime) -> None:
    """That these searches found the lead; those that had found it before keep their notice."""
    due = due_at(found.frequency, time_zone=found.time_zone, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [lead_id, now, due, found.searches])


# --- mails --------------------------------------------------------------------------------------------------------


def write_due_mails(*, now: datetime) -> int:
    """One mail to each member for whom something is due; answers how many were written."""
    due = Notice.objects.filter(mailed_at=None, due_at__lte=now)
    waiting = due.order_by().values_list("search__member", flat=True).distinct()
    return sum(_write_mail(member_id, now=now) for member_id in sorted(waiting))


@transaction.atomic(durable=True)
def _write_mail(member_id: int, *, now: datetime) -> bool:
    """The member's row is locked: of two workers, one writes. What nobody may be told of any more is forgotten."""
    member = Member.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=member_id).first()
    if member is None:
        return False
    own = Notice.objects.filter(search__member=member)
    due = own.filter(mailed_at=None, due_at__lte=now)
    if member.state != Member.State.ACTIVE:
        due.delete()
        return False
    due.filter(search__frequency=Frequency.OFF).delete()
    if _is_too_soon(own, now=now):
        return False
    searches: dict[int, list[UUID]] = defaultdict(list)
    for lead, search in due.values_list("lead_id", "search_id"):
        searches[lead].append(search)
    public = news(searches, member=member, now=now)
    due.exclude(lead__in=public).delete()
    found: dict[UUID, list[int]] = defaultdict(list)
    for lead in public:
        for search in searches[lead]:
            found[search].append(lead)
    if not found:
        return False
    with translation.override(site_language(member.language)), timezone.override(zone_of(member.time_zone)):
        _send(member, alert(found, member=member, now=now), now=now)
    due.filter(lead__in=public, search__in=found).update(mailed_at=now)
    return True


def _is_too_soon(own: QuerySet[Notice], *, now: datetime) -> bool:
    """Whether all that is due was to be told at once, and a mail has just been written; then it waits a little."""
    due = own.filter(mailed_at=None, due_at__lte=now)
    last = own.filter(mailed_at__gt=now - PAUSE).aggregate(last=Max("mailed_at"))["last"]
    if last is None or due.exclude(search__frequency=Frequency.INSTANT).exists():
        return False
    due.update(due_at=last + PAUSE)
    return True


def _send(member: Member, written: Alert, *, now: datetime) -> None:
    queue_mail(
        template=TEMPLATE,
        to=member.email,
        language=member.language,
        context={"reader_name": member.name, **asdict(written)},
        now=now,
    )
