"""Mails that gather what was not told at once.

PostgreSQL holds the list; whoever looks at it twice, or with others at the same time, tells nothing twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from mailings.models import Delivery, WaitingNotice
from mailings.notices import DIGEST, Line, NoticeKind, Reader, notice_kinds
from mailings.selectors.preferences import frequencies_of
from mailings.services import queue_mail
from mailings.times import Frequency, zone_of
from privacy.languages import site_language

MOST = 20  # lines of one kind; Gmail shows no more than 102 KB of a mail


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of notice in the mail: some of its lines, and where the rest of them stands."""

    heading: str  # "3 new messages"
    lines: Sequence[Line]
    more: str  # "and 2 more"; "" if all are here
    more_url: str
    note: str
    note_url: str


def write_due_digests(*, now: datetime) -> int:
    """A mail to each member for whom something is due, and one of what is owed; answers how many were written."""
    due = WaitingNotice.objects.filter(due_at__lte=now, kind__in=notice_kinds())
    waiting = due.order_by().values_list("member", flat=True).distinct()
    return sum(_write_digest(member_id, now=now) for member_id in sorted(waiting))


@transaction.atomic(durable=True)
def _write_digest(member_id: int, *, now: datetime) -> int:
    """The member's row is locked: of two workers, one writes. What is not told any more is forgotten.

    What is owed is a mail of its own, since it goes also where nothing else is sent to.
    """
    members = get_user_model().objects.select_for_update(no_key=True, skip_locked=True)
    member = members.filter(pk=member_id).first()
    if member is None:
        return 0
    keys = _taken(member_id, now=now)
    with translation.override(site_language(member.language)), timezone.override(zone_of(member.time_zone)):
        return sum(_queue(keys, member, is_owed=is_owed, now=now) for is_owed in (True, False))


def _taken(member_id: int, *, now: datetime) -> Mapping[str, list[str]]:
    """What is due, by kind and in the order in which it happened; it is off the list before it is looked at.

    Whoever adds one of these waits for the mail and enters it anew. What somebody is just adding is passed over: its
    mail would tell what was before, and it is told by the next.
    """
    due = WaitingNotice.objects.filter(member=member_id, due_at__lte=now, kind__in=notice_kinds())
    mine = due.order_by("happened_at", "pk").select_for_update(skip_locked=True)
    rows = list(mine.values_list("pk", "kind", "key"))
    WaitingNotice.objects.filter(pk__in=[pk for pk, _kind, _key in rows]).delete()
    return _by_kind(rows)


def _queue(keys: Mapping[str, Sequence[str]], member: Reader, *, is_owed: bool, now: datetime) -> bool:
    groups = list(_groups(keys, member, is_owed=is_owed, now=now))
    if groups:
        heading = ", ".join(group.heading for group in groups)
        mail = queue_mail(
            template=DIGEST,
            to=member.email,
            language=member.language,
            context={"reader_name": member.name, "heading": heading, "groups": groups},
            now=now,
            asked_for=is_owed,
        )
        told = {key: keys[key] for key, kind in notice_kinds().items() if key in keys and kind.is_owed == is_owed}
        Delivery.objects.filter(pk=mail.pk).update(gathered=told)
    return bool(groups)


def _by_kind(rows: Iterable[tuple[int, str, str]]) -> Mapping[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for _pk, kind, key in rows:
        keys[kind].append(key)
    return keys


def _groups(keys: Mapping[str, Sequence[str]], member: Reader, *, is_owed: bool, now: datetime) -> Iterator[Group]:
    """What there is to tell of each kind to which the member has a right, or of each other that is still wanted."""
    for key, kind in notice_kinds().items():
        if key in keys and kind.is_owed == is_owed and _is_heard(kind, member) and kind.gathering:
            lines = kind.gathering.lines(keys[key], member, now)
            if lines:
                yield _group(kind, lines)


def _is_heard(kind: NoticeKind, member: Reader) -> bool:
    return kind.is_owed or (member.gets_news and frequencies_of(kind, [member.pk])[member.pk] != Frequency.OFF)


def _group(kind: NoticeKind, lines: Sequence[Line]) -> Group:
    gathering: Any = kind.gathering
    shown = lines[:MOST] if gathering.page else lines
    more = sum(line.things for line in lines[len(shown) :])
    return Group(
        heading=gathering.count(sum(line.things for line in lines)),
        lines=shown,
        more=ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more} if more else "",
        more_url=_whole(gathering.page),
        note=str(gathering.note),
        note_url=_whole(gathering.note_page),
    )


def _whole(page: str) -> str:
    return urljoin(settings.SITE_URL, reverse(page)) if page else ""
