"""The breach register: telling the people concerned, each once, and closing an incident (GDPR art. 33 and 34)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from privacy.models import Breach, BreachNotice
from privacy.outlets import outlet
from privacy.selectors.breaches import notice_words, untold_people

BATCH = 500  # people whose mails and notices are written at once
LOOKED_UP = 1000  # mails asked about at once
REMEMBERED = timedelta(days=90)  # by the outbox, as the data map has it (tests/privacy/test_breaches.py)
OWED = ("happened", "tables", "consequences", "measures", "advice")  # art. 34(2), and whom it concerns


class NotReady(Exception):
    """What people are owed is not written yet, or the breach is closed; `missing` names the columns."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class NotJudged(Exception):
    """Nobody has said what risk there is to the people: art. 33(1)."""


class StillTelling(Exception):
    """People are still being told."""


class AlreadyClosed(Exception):
    """Somebody else of the staff was quicker."""


@transaction.atomic
def tell_people(*, breach: Breach, now: datetime) -> None:
    """Begin to tell everybody concerned; begun again after more tables were added, it tells only those who are new.

    The mails are written by `tell_some`, a batch at a time. Raises NotReady.
    """
    current = Breach.objects.select_for_update().get(pk=breach.pk)
    missing = [name for name in OWED if not getattr(current, name)]
    if current.risk == Breach.Risk.UNKNOWN:
        missing.append("risk")
    if current.closed_at is not None:
        missing.append("closed_at")
    if missing:
        raise NotReady(missing)
    Breach.objects.filter(pk=breach.pk).update(people_told_at=Coalesce(F("people_told_at"), now), people_done_at=None)


@transaction.atomic(durable=True)
def tell_some(*, now: datetime) -> bool:
    """Tell the next people of a breach; whether there may be more.

    A batch's notices and mails are one transaction: a worker that is killed leaves a batch whole or undone, and the
    next one goes on. One worker at a time: another one finds the breach locked, and leaves it.
    """
    telling = Breach.objects.filter(people_told_at__isnull=False, people_done_at=None, closed_at=None)
    breach = telling.select_for_update(skip_locked=True).order_by("people_told_at", "pk").first()
    if breach is None:
        return False
    untold = untold_people(breach)
    members = list(untold.members.order_by("pk")[:BATCH])
    addresses = (
        [] if members or untold.addresses is None else [row["mailbox_found"] for row in untold.addresses[:BATCH]]
    )
    words = notice_words(breach)
    BreachNotice.objects.bulk_create(
        [_notice(breach, words, member=member, now=now) for member in members]
        + [_notice(breach, words, email=address, now=now) for address in addresses]
    )
    if not members and not addresses:
        Breach.objects.filter(pk=breach.pk).update(people_done_at=now)
    return True


def note_sent(*, now: datetime) -> None:
    """Write down when mails left, as proof, before the outbox forgets them; two statements for each portion of them."""
    unsent = BreachNotice.objects.filter(sent_at=None, queued_at__gt=now - REMEMBERED).order_by("pk")
    notices = unsent.only("delivery", "sent_at").iterator(LOOKED_UP)
    while some := list(islice(notices, LOOKED_UP)):
        sent = outlet().sent(notice.delivery for notice in some)
        left = [notice for notice in some if notice.delivery in sent]
        for notice in left:
            notice.sent_at = sent[notice.delivery]
        BreachNotice.objects.bulk_update(left, ["sent_at"])


@transaction.atomic
def close_breach(*, breach: Breach, now: datetime) -> None:
    """Nothing more is to be done. Raises NotJudged, StillTelling, AlreadyClosed."""
    current = Breach.objects.select_for_update().get(pk=breach.pk)
    if current.closed_at is not None:
        raise AlreadyClosed
    if current.risk == Breach.Risk.UNKNOWN:
        raise NotJudged
    if current.people_told_at and not current.people_done_at:
        raise StillTelling
    Breach.objects.filter(pk=breach.pk).update(closed_at=now)


def _notice(
    breach: Breach, words: Mapping[str, Any], *, member: Any = None, email: str = "", now: datetime
) -> BreachNotice:
    delivery = outlet().queue(
        template="breach_notice",
        to=member.email if member else email,
        language=member.language if member else settings.LANGUAGE_CODE,
        context={**words, "name": member.name if member else ""},
        now=now,
    )
    return BreachNotice(breach=breach, member=member, email=email, delivery=delivery, queued_at=now)
