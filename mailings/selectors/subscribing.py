"""What a link in a mail still stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mailings.models import Delivery, SubscriptionWish
from mailings.selectors.readers import keys_of, mailbox_of
from mailings.stopping.unsubscribe_links import Link
from mailings.topics import line_of, topics
from privacy.consents import Channel, ConsentPurpose
from privacy.datamap import Words
from privacy.models import Suppression
from privacy.selectors.announced import announced
from privacy.selectors.consents import says_yes_to
from privacy.selectors.suppression import is_suppressed


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """One topic, whether its mails come, and what else does."""

    topic: Words
    is_wanted: bool
    others: Sequence[Words]  # that come too
    under_way: int
    is_own: bool  # of the member who reads it, who needs no form to be asked by mail


def offered_topics(*, at: datetime) -> list[ConsentPurpose]:
    """What anybody may ask for: topics of a purpose that the policy in force lists. One query."""
    told = announced(at=at).purposes
    return [one for one in topics().values() if one.why.key in told]


def unsubscribe_page(link: Link, *, under_way: int, reader: str) -> UnsubscribePage:
    """For somebody with a link from a mail; `under_way` mails are being handed over. A few queries.

    `reader` is the address of whoever is logged in, or "". Nobody else learns whether the mailbox is a member's.
    """
    address = mailbox_of(link.reader) or ""
    wanted = wanted_topics(address) if address else _unless_stopped(link)
    others = [one.title for key, one in topics().items() if key in wanted and key != link.topic]
    known = topics().get(link.topic)
    is_own = address != "" and address.lower() == reader.lower()
    return UnsubscribePage(known.title if known else link.topic, link.topic in wanted, others, under_way, is_own)


def wanted_topics(address: str) -> set[str]:
    """What comes to a mailbox: a yes under one of its keys that no later no to the mailbox stands against."""
    said = [says_yes_to(subject=key, purposes=topics(), channel=Channel.EMAIL) for key in keys_of(address)]
    agreed = set().union(*said)
    return {one for one in agreed if not is_suppressed(Suppression.Kind.TOPIC, line_of(one, address))}


def _unless_stopped(link: Link) -> set[str]:
    """Of a mailbox that is known by its digest alone it is not known what comes, only that this was stopped."""
    stopped = Suppression.objects.filter(kind=Suppression.Kind.TOPIC, digest=link.digest).exists()
    return set() if stopped else {link.topic}


def wished_topics(wish_id: UUID) -> list[Words] | None:
    """What would come after a yes; None once the wish is over. One query."""
    wish = SubscriptionWish.objects.filter(pk=wish_id).first()
    return None if wish is None else [topics()[one].title for one in wish.topics if one in topics()]


def topics_that_come(wish_id: UUID) -> list[Words]:
    """What the mailbox gets to which a wish's question went; nothing once that mail is forgotten. A few queries."""
    address = Delivery.objects.filter(pk=wish_id).values_list("to", flat=True).first()
    wanted = wanted_topics(address) if address else set()
    return [one.title for key, one in topics().items() if key in wanted]
