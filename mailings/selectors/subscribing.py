"""What a link in a mail still stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mailings.models import SubscriptionWish
from mailings.selectors.readers import address_of
from mailings.topics import topics
from privacy.consents import Channel
from privacy.datamap import Words
from privacy.selectors.consents import says_yes_to


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """One topic, whether its mails come, and what else does."""

    topic: Words
    is_wanted: bool
    others: Sequence[Words]  # that come too
    under_way: int = 0


def unsubscribe_page(*, reader: UUID, topic: str, under_way: int = 0) -> UnsubscribePage:
    """For somebody with a link from a mail. Three queries."""
    wanted: set[str] = set()
    if address_of(reader) is not None:
        wanted = says_yes_to(subject=reader, purposes=topics(), channel=Channel.EMAIL)
    others = [one.title for key, one in topics().items() if key in wanted and key != topic]
    known = topics().get(topic)
    return UnsubscribePage(known.title if known else topic, topic in wanted, others, under_way)


def wished_topics(wish_id: UUID) -> list[Words] | None:
    """What would come after a yes; None once the wish is over. One query."""
    wish = SubscriptionWish.objects.filter(pk=wish_id).first()
    return None if wish is None else [topics()[one].title for one in wish.topics if one in topics()]
