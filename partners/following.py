"""Partners as privacy sees them: they copy what is public, learn of removals from the feed, and confirm them."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from partners.mailing import day_in_words, mail_partner
from partners.models import Partner
from privacy.channels import Confirmation, NotReached, register_channel
from privacy.datamap import ReceiverKind
from privacy.followers import Follower, register_followers
from privacy.models import Receipt


def following(_now: datetime) -> Iterable[Follower]:
    """Every partner that has ever pulled anything, also when its contract is over: its copy does not end with it."""
    pulled = Partner.objects.filter(keys__last_used_at__isnull=False).select_related("receiver").distinct()
    return [Follower(one.receiver.kind, receiver_key(one), one.receiver.name) for one in pulled.order_by("pk")]


def receiver_key(partner: Partner) -> str:
    """As the log of disclosures calls it."""
    return f"receiver:{partner.receiver_id}"


class FeedChannel:
    """Receipts stand in the feed and at /api/v1/removals/; who has not confirmed for two weeks is reminded by mail."""

    def tell(self, receipt: Receipt) -> None:
        """Nothing at first: what has to go is in the feed already. Raises NotReached."""
        if receipt.told_at is None:
            return
        partner = Partner.objects.filter(receiver=int(receipt.receiver_key.removeprefix("receiver:"))).first()
        if partner is None:
            raise NotReached
        context = {
            "partner": receipt.receiver_name,
            "reference": str(receipt.reference),
            "due_at": day_in_words(receipt.due_at, language=partner.language),
        }
        mail_partner(partner=partner, template="removal_reminder", context=context, now=timezone.now())

    def confirmed(self) -> Iterable[Confirmation]:
        """Partners call us."""
        return ()


def register() -> None:
    """Make partners known to privacy."""
    register_followers(following)
    for kind in (ReceiverKind.PARTNER, ReceiverKind.CONNECTED):
        register_channel(kind, FeedChannel())
