"""Taking rows under a lease: those of single persons first, then those of campaigns as their domains let them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from mailings.delivery.budgets import begin_minutes, share
from mailings.models import Campaign, Delivery

BATCH = 100
LEASE = timedelta(seconds=120)


@transaction.atomic(durable=True)
def claim(*, now: datetime) -> list[Delivery]:
    """Take up to a batch of due rows; rows another worker is taking are passed over."""
    return _take(_due(Delivery.objects.due(at=now).single()), now=now)


def claim_of_campaign(*, now: datetime) -> tuple[Campaign, list[Delivery]] | None:
    """The same for one of the campaigns that are being sent, in no order; None when nothing is due in any of them.

    The batch is empty where every domain in it has had its share of this minute.
    """
    begin_minutes(now=now)  # a transaction of its own: whoever holds budgets waits for none
    return _claim_of_campaign(now=now)


@transaction.atomic(durable=True)
def _claim_of_campaign(*, now: datetime) -> tuple[Campaign, list[Delivery]] | None:
    sending = list(Campaign.objects.filter(state=Campaign.State.SENDING))
    random.shuffle(sending)
    for campaign in sending:
        if rows := _due(Delivery.objects.due(at=now).filter(campaign=campaign)):
            return campaign, _take(share(rows, now=now), now=now)
    return None


def _due(rows: QuerySet[Delivery]) -> list[Delivery]:
    """A batch of what waits; or one row alone whose worker died: if it was the row, it takes no others with it."""
    locked = rows.order_by("not_before", "id").select_for_update(skip_locked=True)
    abandoned = list(locked.filter(state=Delivery.State.CLAIMED)[:1])
    return abandoned or list(locked.filter(state=Delivery.State.PENDING)[:BATCH])


def _take(rows: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.CLAIMED, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.lease_until = now + LEASE
        row.attempts += 1
    return list(rows)
