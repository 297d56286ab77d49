"""Choosing how often one is told of what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from mailings import tasks
from mailings.models import Delivery, MailPreference, WaitingNotice
from mailings.notices import NoticeKind
from mailings.selectors.preferences import frequencies_of
from mailings.services.recalling import recall, recall_digests
from mailings.times import Frequency, due_at


class NotOffered(Exception):
    """The kind is not told so often."""


@transaction.atomic(durable=True)
def choose_frequencies(*, member_id: Any, time_zone: str, chosen: Mapping[NoticeKind, str], now: datetime) -> None:
    """Tell the member of these kinds so often. Raises NotOffered, and then changes nothing."""
    for kind, frequency in chosen.items():
        set_frequency(kind=kind, frequency=frequency, member_id=member_id, time_zone=time_zone, now=now)


@transaction.atomic
def set_frequency(*, kind: NoticeKind, frequency: str, member_id: Any, time_zone: str, now: datetime) -> None:
    """The same of one kind. What waits goes with the next mail, or is forgotten or taken back. Raises NotOffered.

    A mail that waits and tells of other kinds, too, is written anew without this one.
    """
    if frequency not in kind.frequencies:
        raise NotOffered
    if frequencies_of(kind, [member_id])[member_id] == frequency:
        return
    wanted = Frequency(frequency)
    is_off = wanted == Frequency.OFF
    due = None if is_off else due_at(wanted, time_zone=time_zone, now=now)
    seeking = {"due_at": due, "told_until": None if is_off else now} if kind.seeks else {}
    MailPreference.objects.update_or_create(
        member_id=member_id, kind=kind.key, defaults={"frequency": wanted, **seeking}
    )
    waiting = WaitingNotice.objects.filter(member=member_id, kind=kind.key)
    if due is None:
        waiting.delete()
        for address in get_user_model().objects.filter(pk=member_id).values_list("email", flat=True):
            recall(to=address, templates=[kind.template])
            for mail in recall_digests(to=address, kind=kind.key):
                _tell_others_anew(mail, kind, member_id, now=now)
    elif waiting.update(due_at=due) and due <= now:
        transaction.on_commit(tasks.wake_digests)


def _tell_others_anew(mail: Delivery, kind: NoticeKind, member_id: Any, *, now: datetime) -> None:
    """Let wait again what was taken back with the kind, in the order in which it happened; it is due at once."""
    others = [
        WaitingNotice(
            member_id=member_id,
            kind=other,
            key=key,
            happened_at=mail.queued_at + place * timedelta.resolution,
            due_at=now,
        )
        for other, keys in sorted(mail.gathered.items())
        if other != kind.key
        for place, key in enumerate(keys)
    ]
    WaitingNotice.objects.bulk_create(others, ignore_conflicts=True)  # what has happened since waits already
    if others:
        transaction.on_commit(tasks.wake_digests)
