"""The mail of somebody who has another mailbox now."""

from django.db import transaction

from mailings.models import Delivery
from mailings.notices import DIGEST, notice_kinds
from mailings.stopping.one_click import stoppable_templates
from mailings.writing.wire import domain_of

State = Delivery.State


@transaction.atomic
def move_mail(*, before: str, after: str) -> None:
    """What a member chose to be told, and nobody has begun to hand over, goes to the new address.

    What they are owed stays where it was written to: a notice of security warns the old mailbox, whose holder may not
    have changed anything. So does what asks a mailbox something, such as an invitation: its link is for that mailbox.
    A campaign looks by itself where its reader is now (mailings.delivery.holding_back.moved_away).
    """
    news = {DIGEST, *stoppable_templates(), *(kind.template for kind in notice_kinds().values())}
    chosen = Delivery.objects.single().filter(to__iexact=before, template__in=news, asked_for=False)
    # A worker that has claimed one finds at the dot that it is not its own any more (mailings.delivery.marking).
    chosen.filter(state__in=[State.PENDING, State.CLAIMED]).update(
        to=after, domain=domain_of(after), state=State.PENDING, lease_until=None
    )
