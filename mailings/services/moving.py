"""The mail of somebody who has another mailbox now."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from mailings.delivery.settling import hold
from mailings.models import Campaign, Delivery
from mailings.notices import DIGEST, notice_kinds
from mailings.stopping.one_click import stoppable_templates
from mailings.writing.wire import domain_of
from privacy.digests import digest_now, digests_of
from privacy.models import Suppression

State = Delivery.State


@transaction.atomic
def move_mail(*, before: str, after: str) -> None:
    """What a member chose to be told, and nobody has begun to hand over, goes to the new address; so do announcements.

    What else they are owed stays where it was written to: a notice of security warns the old mailbox, whose holder may
    not have changed anything. So does what asks a mailbox something, such as an invitation: its link is for that
    mailbox.
    Marketing looks by itself where its reader is now (mailings.delivery.holding_back.moved_away).
    """
    news = {DIGEST, *stoppable_templates(), *(kind.template for kind in notice_kinds().values())}
    chosen = Delivery.objects.single().filter(to__iexact=before, template__in=news, asked_for=False)
    _move(chosen, after)
    _move_announcements(before, after)


def _move_announcements(before: str, after: str) -> None:
    """One that goes to the new mailbox already, as to somebody who had it before, goes there once.

    In the transaction in which the address changes. Campaigns that find their readers at this moment are awaited, and
    wait then themselves: else they would write down the old address after this has looked for it.
    """
    announcements = Campaign.objects.filter(kind=Campaign.Kind.ANNOUNCEMENT)
    finding = announcements.filter(state__in=[Campaign.State.APPROVED, Campaign.State.MATERIALISING])
    list(finding.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    there = Delivery.objects.filter(campaign=OuterRef("campaign"), digest__in=digests_of(Suppression.Kind.EMAIL, after))
    waiting = Delivery.objects.filter(to__iexact=before, kind=Delivery.Kind.ANNOUNCEMENT)
    _key_id, digest = digest_now(Suppression.Kind.EMAIL, after)
    _move(waiting.exclude(Exists(there.exclude(pk=OuterRef("pk")))), after, digest=digest)


def _move(mails: QuerySet[Delivery], after: str, **also: str) -> None:
    """A worker that has claimed one finds at the dot that it is not its own any more (mailings.delivery.marking)."""
    hold(mails.filter(state__in=[State.PENDING, State.CLAIMED])).update(
        to=after, domain=domain_of(after), state=State.PENDING, lease_until=None, **also
    )
