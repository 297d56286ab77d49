"""Taking back mails to one person that wait and are not wanted any more."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mailings.delivery.holding_back import UNWANTED
from mailings.delivery.settling import end, hold
from mailings.models import Delivery
from mailings.notices import DIGEST

State = Delivery.State


@transaction.atomic
def recall(*, to: str, templates: Collection[str]) -> list[datetime]:
    """End the mails of these templates to the address that nobody has begun to hand over; when each was queued.

    On each row either this or the final dot is first. No mail that is asked for, and none of a campaign.
    """
    return [mail.queued_at for mail in _ended(_waiting(to).filter(template__in=templates))]


@transaction.atomic
def recall_digests(*, to: str, kind: str) -> list[Delivery]:
    """The same for the mails that gather something of a kind; as they were, with what else they would have told."""
    return _ended(_waiting(to).filter(template=DIGEST, gathered__has_key=kind))


def _waiting(to: str) -> QuerySet[Delivery]:
    mails = Delivery.objects.single().filter(to__iexact=to, asked_for=False)
    return mails.filter(state__in=[State.PENDING, State.CLAIMED])


def _ended(waiting: QuerySet[Delivery]) -> list[Delivery]:
    mine = hold(waiting)
    mails = list(mine.order_by("pk"))
    end(mine, state=State.SUPPRESSED, error=UNWANTED)
    return mails
