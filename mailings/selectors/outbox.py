"""How much is in the outbox and how it fared lately: for the page about what is stuck, and for metrics."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from mailings.models import Delivery

LATELY = timedelta(hours=1)


class Standing(NamedTuple):
    """How many mails of one kind are in one state."""

    kind: str
    state: str  # of Delivery, or “deferred” for those that wait after an answer
    mails: int


def outbox_standing(*, at: datetime) -> Iterator[Standing]:
    """What is open now, and what ended within the last hour. Two queries over parts of the table."""
    open_rows = Delivery.objects.open().order_by().values_list("kind", "state")
    for kind, state, count, put_off in open_rows.annotate(n=Count("pk"), m=Count("pk", filter=~Q(error=""))):
        waits = state == Delivery.State.PENDING
        yield Standing(kind, state, count - put_off if waits else count)
        if waits:
            yield Standing(kind, "deferred", put_off)
    ended = Delivery.objects.filter(ended_at__gt=at - LATELY).order_by().values_list("kind", "state")
    for kind, state, count in ended.annotate(n=Count("pk")):
        yield Standing(kind, state, count)
