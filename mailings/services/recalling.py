"""Taking back mails to one person that wait and are not wanted any more."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from mailings.delivery.holding_back import UNWANTED
from mailings.delivery.settling import end
from mailings.models import Delivery

State = Delivery.State


@transaction.atomic
def recall(*, to: str, templates: Collection[str]) -> list[datetime]:
    """End the mails of these templates to the address that nobody has begun to hand over; when each was queued.

    On each row either this or the final dot is first. No mail that is asked for, and none of a campaign.
    """
    waiting = Delivery.objects.single().filter(to__iexact=to, template__in=templates, asked_for=False)
    mine = waiting.filter(state__in=[State.PENDING, State.CLAIMED]).order_by("pk").select_for_update(no_key=True)
    found = dict(mine.values_list("pk", "queued_at"))
    end(Delivery.objects.filter(pk__in=found), state=State.SUPPRESSED, error=UNWANTED)
    return list(found.values())
