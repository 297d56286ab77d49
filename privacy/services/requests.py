"""What people ask about their data: filing it, answering in time, and copies. Corrections have a file of their own."""

import calendar
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from privacy import datamap, tasks
from privacy.exporting.running import FOLDER, YOUNG
from privacy.models import Export, SubjectRequest
from privacy.outlets import outlet
from privacy.private_files import forget_strays
from privacy.selectors.holds import Holds

EXPORTS_A_DAY = 3
DAY = timedelta(days=1)


class AlreadyAsked(Exception):
    """The person has asked for this, and it is not answered yet."""


class TooManyExports(Exception):
    """Enough copies for a day."""


class NotExtendable(Exception):
    """It was answered, or extended before, or its month is over."""


class ReasonMissing(Exception):
    """Who asked is owed a reason: GDPR art. 12(3) and (4)."""


@transaction.atomic(durable=True)
def ask_for_export(*, member: Any, now: datetime) -> SubjectRequest:
    """Have a copy of the member's data made; who asks has just given the password. Of two clicks one asks.

    Raises AlreadyAsked, TooManyExports.
    """
    asked = SubjectRequest.objects.filter(member=member, kind=SubjectRequest.Kind.EXPORT, received_at__gt=now - DAY)
    if asked.count() >= EXPORTS_A_DAY:
        raise TooManyExports
    request = file_request(
        kind=SubjectRequest.Kind.EXPORT, member=member, text="", state=SubjectRequest.State.VERIFIED, now=now
    )
    Export.objects.create(request=request)
    transaction.on_commit(partial(tasks.wake_export, str(request.pk)))
    return request


@transaction.atomic
def extend_request(*, request: SubjectRequest, reason: str, now: datetime) -> None:
    """Take two months more, once and within the first month, and tell the person why: GDPR art. 12(3).

    Raises ReasonMissing, NotExtendable.
    """
    if not reason.strip():
        raise ReasonMissing
    late = month_after(month_after(month_after(request.received_at)))
    waiting = SubjectRequest.objects.open().filter(pk=request.pk, extension="", due_at__gte=now)
    if not waiting.update(extension=reason.strip(), due_at=late):
        raise NotExtendable
    request.refresh_from_db()
    tell_person(request, template="request_extended", now=now)


def take_up_waiting(*, now: datetime) -> None:
    """Wake workers for copies whose wake-up was lost or whose worker died."""
    for pk in Export.objects.waiting(at=now).values_list("pk", flat=True):
        tasks.wake_export(str(pk))


def forget_exports(*, now: datetime) -> None:
    """Delete files whose time is over, and those that no row names."""
    held = Holds(at=now).on(datamap.tables()[Export])
    for job in Export.objects.outdated(at=now).exclude(held):
        job.file.storage.delete(job.file.name)
        with transaction.atomic(durable=True):
            Export.objects.filter(pk=job.pk, file=job.file.name).update(file="", size=0, digest="")
            ready = SubjectRequest.objects.filter(pk=job.pk, state=SubjectRequest.State.READY)
            ready.update(state=SubjectRequest.State.EXPIRED)
    forget_strays(folder=FOLDER, model=Export, columns=["file"], before=now - YOUNG)


def month_after(moment: datetime) -> datetime:
    """The same day of the next month, or its last day: GDPR art. 12(3), and regulation 1182/71, art. 3(2)(c)."""
    year, month = (moment.year + 1, 1) if moment.month == 12 else (moment.year, moment.month + 1)
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def file_request(
    *,
    kind: SubjectRequest.Kind,
    member: Any,
    text: str,
    state: SubjectRequest.State,
    now: datetime,
    identity_proof: str = "password",
) -> SubjectRequest:
    """Write down what is asked, in the caller's transaction; it is due in a month. Raises AlreadyAsked."""
    try:
        with transaction.atomic():
            return SubjectRequest.objects.create(
                id=uuid4(),
                kind=kind,
                member=member,
                text=text,
                identity_proof=identity_proof,
                state=state,
                received_at=now,
                due_at=month_after(now),
            )
    except IntegrityError as error:
        raise AlreadyAsked from error


def tell_person(request: SubjectRequest, *, template: str, now: datetime, **words: Any) -> None:
    """Owe whoever asked a mail about it; nobody, when they are gone: what was answered stands in the request."""
    member: Any = request.member
    to = member.email if member else request.email
    if not to:
        return
    language = member.language if member else settings.LANGUAGE_CODE
    context = {"name": member.name if member else "", "what": request.get_kind_display(), "request": request, **words}
    outlet().queue(template=template, to=to, language=language, context=context, now=now)
