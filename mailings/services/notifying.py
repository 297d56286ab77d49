"""Telling members of something: at once, or with the next mail that gathers such things."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min

from mailings.models import Delivery, WaitingNotice
from mailings.notices import NoticeKind, Reader
from mailings.selectors.preferences import frequencies_of
from mailings.services.queueing import queue_mail
from mailings.times import Frequency, due_at

MOST_AT_ONCE = 5  # mails of one kind to one reader, within
FLOOD = timedelta(hours=1)
ROWS = 1_000  # written by a statement


@transaction.atomic
def notify(
    *,
    kind: NoticeKind,
    readers: Iterable[Reader],
    keys: Sequence[str],
    context: Mapping[str, Any],
    now: datetime,
    to: str = "",
) -> None:
    """Tell these members, each as often as they have chosen; belongs to the transaction in which it happens.

    `context` is for the mail that tells at once, which also knows `reader_name`; `keys` name the things for the mail
    that gathers several. `to` is another address of the reader than the one of the account. Who is suspended or leaves
    hears only of what they have a right to know; that goes also to an address which is not written to otherwise.
    """
    hearing = [reader for reader in readers if kind.is_owed or reader.gets_news]
    chosen = frequencies_of(kind, [reader.pk for reader in hearing])
    gathered = _gathered(kind, hearing)
    waiting: dict[tuple[Any, str], WaitingNotice] = {}
    for reader in hearing:
        if chosen[reader.pk] == Frequency.OFF:
            continue
        due = _due_at(kind, reader, chosen[reader.pk], gathered.get(reader.pk), now=now)
        if due is None:
            words = {**context, "reader_name": reader.name}
            queue_mail(
                template=kind.template,
                to=to or reader.email,
                language=reader.language,
                context=words,
                now=now,
                asked_for=kind.is_owed,
            )
        else:
            waiting |= {(reader.pk, key): _waiting(kind, reader, key, now=now, due=due) for key in keys}
    _let_wait([waiting[each] for each in sorted(waiting)])


def _let_wait(notices: Sequence[WaitingNotice]) -> None:
    """Enter each once, in an order that all keep.

    One that waits already is written again, not passed over: so it is locked until this is committed, and no mail takes
    it off the list that does not see yet what has happened.
    """
    WaitingNotice.objects.bulk_create(
        notices,
        batch_size=ROWS,
        update_conflicts=True,
        unique_fields=["member", "kind", "key"],
        update_fields=["happened_at"],
    )


def _gathered(kind: NoticeKind, readers: Sequence[Reader]) -> dict[Any, datetime]:
    """When the next mail is due in which something of the kind waits, by the readers for whom something does."""
    if kind.gathering is None:
        return {}
    waiting = WaitingNotice.objects.filter(kind=kind.key, member__in=[reader.pk for reader in readers])
    return dict(waiting.values_list("member").annotate(Min("due_at")))


def _due_at(
    kind: NoticeKind, reader: Reader, frequency: Frequency, gathered: datetime | None, *, now: datetime
) -> datetime | None:
    """When it is told together with others; None: at once.

    Where something of the kind waits already, it waits too: nothing is told before what happened earlier.
    """
    if frequency != Frequency.INSTANT:
        return due_at(frequency, time_zone=reader.time_zone, now=now)
    if kind.gathering is None:
        return None
    if gathered is None and not _is_flooded(kind, reader, now=now):
        return None
    return gathered or now + FLOOD


def _is_flooded(kind: NoticeKind, reader: Reader, *, now: datetime) -> bool:
    """Whether enough mails of the kind went to the reader in the last hour.

    Nothing is locked for it: of two that count at the same moment both may be the fifth, and nobody waits for anybody.
    """
    lately = Delivery.objects.filter(to__iexact=reader.email, template=kind.template, queued_at__gt=now - FLOOD)
    return lately.count() >= MOST_AT_ONCE


def _waiting(kind: NoticeKind, reader: Reader, key: str, *, now: datetime, due: datetime) -> WaitingNotice:
    return WaitingNotice(member_id=reader.pk, kind=kind.key, key=key, happened_at=now, due_at=due)
