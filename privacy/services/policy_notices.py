"""Telling every member of a material change by mail, once; until that is done the change does not take effect."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse

from privacy.models import PolicyNotice, PolicyVersion
from privacy.outlets import outlet

BATCH = 500  # members whose mails and notices are written at once
LOOKED_UP = 1000  # mails asked about at once
GONE = "closed"  # the state of an account that is no more; of a suspended member all data is still here


def announce_policies(*, now: datetime) -> bool:
    """Tell the next members of a coming change, the first to come first; whether more are left.

    A batch's notices and mails are one transaction: a worker that is killed leaves a batch whole or undone, and the
    next one goes on. Members who join before the change takes effect are told too.
    """
    coming = PolicyVersion.objects.coming(at=now).filter(material=True)
    return any(_tell_some(pk, now=now) for pk in list(coming.values_list("pk", flat=True)))


@transaction.atomic(durable=True)
def _tell_some(pk: int, *, now: datetime) -> bool:
    """Whether there were any to tell. One worker at a time: another one finds the version locked, and leaves it."""
    version = PolicyVersion.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if version is None:
        return False
    untold = get_user_model().objects.exclude(state=GONE).exclude(policy_notices__version=version)
    members = list(untold.order_by("pk")[:BATCH])
    PolicyNotice.objects.bulk_create(
        PolicyNotice(version=version, member=member, delivery=_queue(version, member, now=now), queued_at=now)
        for member in members
    )
    if not members and version.notices_done_at is None and not _some_unsent(version):
        version.notices_done_at = now
        version.save(update_fields=["notices_done_at"])
    return bool(members)


def _queue(version: PolicyVersion, member: Any, *, now: datetime) -> UUID:
    words = {
        "reader_name": member.name,
        "policy": PolicyVersion.Kind(version.kind).label,
        "number": version.number,
        "date": version.earliest(at=now),
        "changes": version.changes,
        "read_path": version.get_absolute_url(),
        "changes_path": reverse("privacy:policy_changes", args=[version.kind, version.number]),
    }
    return outlet().queue(
        template="policy_change",
        to=member.email,
        language=member.language,
        context=words,
        now=now,
        asked_for=False,  # an account that never confirmed its address may have been opened with somebody else's
    )


def _some_unsent(version: PolicyVersion) -> bool:
    """The youngest first: they are the ones that wait, as long as any do."""
    deliveries = version.notices.order_by("-pk").values_list("delivery", flat=True).iterator(LOOKED_UP)
    return any(outlet().unsent(some) for some in _portions(deliveries))


def _portions(deliveries: Iterator[UUID]) -> Iterator[list[UUID]]:
    while some := list(islice(deliveries, LOOKED_UP)):
        yield some
