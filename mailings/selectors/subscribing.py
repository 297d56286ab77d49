"""What a link in a mail still stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.contrib.auth import get_user_model

from mailings.models import Delivery, Subscriber, SubscriptionWish
from mailings.selectors.readers import keys_of, mailbox_of
from mailings.stopping.unsubscribe_links import Link
from mailings.subscription_links import Question
from mailings.topics import line_of, topics
from privacy.addresses import of_mailbox
from privacy.consents import Channel, ConsentPurpose
from privacy.datamap import Words
from privacy.digests import digests_of
from privacy.models import Suppression
from privacy.selectors.announced import announced
from privacy.selectors.consents import says_yes_to
from privacy.selectors.suppression import is_suppressed


class Outcome(Enum):
    """What became of a question to a mailbox that cannot be answered any more."""

    AGREED = "agreed"  # all of it comes
    REPLACED = "replaced"  # a newer mail waits for an answer
    OVER = "over"  # too old, answered by a later no, or from before a newer one that was answered


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question that is over, and what the mailbox gets all the same."""

    outcome: Outcome
    coming: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic that can be chosen, and whether it comes now."""

    topic: ConsentPurpose
    comes: bool


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """One topic, whether its mails come, and what else does."""

    topic: Words
    is_wanted: bool
    others: Sequence[Words]  # that come too
    under_way: int
    is_own: bool  # of the member who reads it, who needs no form to be asked by mail
    is_gone: bool  # nobody here knows the mailbox any more
    choices: Sequence[Choice]  # none where the link is not of the mailbox that is written to
    language: str  # in which its mail is wanted


def offered_topics(*, at: datetime) -> list[ConsentPurpose]:
    """What anybody may ask for: topics of a purpose that the policy in force lists. One query."""
    told = announced(at=at).purposes
    return [one for one in topics().values() if one.why.key in told]


def unsubscribe_page(link: Link, *, under_way: int, reader: str, now: datetime) -> UnsubscribePage:
    """For somebody with a link from a mail; `under_way` mails are being handed over. Some queries.

    `reader` is the address of whoever is logged in, or "". Nobody else learns whether the mailbox is a member's.
    """
    address = mailbox_of(link.reader) or ""
    wanted = wanted_topics(address) if address else _unless_stopped(link)
    known = topics().get(link.topic)
    return UnsubscribePage(
        topic=known.title if known else link.topic,
        is_wanted=link.topic in wanted,
        others=titles_of(wanted - {link.topic}),
        under_way=under_way,
        is_own=address != "" and address.lower() == reader.lower(),
        is_gone=address == "",
        choices=choices_of(address, at=now) if is_mailbox_of(link, address) else [],
        language=language_of(address),
    )


def choices_of(address: str, *, at: datetime) -> list[Choice]:
    """What is offered now, and what comes although it is not offered any more. A few queries."""
    wanted, offered = wanted_topics(address), {one.key for one in offered_topics(at=at)}
    return [Choice(one, key in wanted) for key, one in topics().items() if key in wanted | offered]


def is_mailbox_of(link: Link, address: str) -> bool:
    """Whether the mail with this link went to the address; whoever had it before chooses nothing for its holder."""
    return address != "" and link.digest in digests_of(Suppression.Kind.TOPIC, line_of(link.topic, address))


def language_of(address: str) -> str:
    """In which the mailbox wants its mail: a member's own, else what a subscriber chose; "" if neither. Two queries."""
    members = get_user_model()._default_manager.filter(of_mailbox(address)).values_list("language", flat=True)
    subscribers = Subscriber.objects.filter(of_mailbox(address)).values_list("language", flat=True)
    return members.first() or subscribers.first() or ""


def wanted_topics(address: str) -> set[str]:
    """What comes to a mailbox: a yes under one of its keys that no later no to the mailbox stands against."""
    said = [says_yes_to(subject=key, purposes=topics(), channel=Channel.EMAIL) for key in keys_of(address)]
    agreed = set().union(*said)
    return {one for one in agreed if not is_suppressed(Suppression.Kind.TOPIC, line_of(one, address))}


def _unless_stopped(link: Link) -> set[str]:
    """Of a mailbox that is known by its digest alone it is not known what comes, only that this was stopped."""
    stopped = Suppression.objects.filter(kind=Suppression.Kind.TOPIC, digest=link.digest).exists()
    return set() if stopped else {link.topic}


def wished_topics(wish_id: UUID, *, at: datetime) -> list[Words] | None:
    """What would come after a yes; None once the wish is over. One query."""
    wish = SubscriptionWish.objects.open(at=at).filter(pk=wish_id).first()
    return None if wish is None else [topics()[one].title for one in wish.topics if one in topics()]


def topics_that_come(wish_id: UUID) -> list[Words]:
    """What the mailbox gets to which a wish's question went; nothing once that mail is forgotten. A few queries."""
    return titles_of(_wanted_where(wish_id))


def past_question(asked: Question, *, at: datetime) -> PastQuestion:
    """Of a wish that is over: what became of it, and what comes by now. A few queries."""
    coming = _wanted_where(asked.wish)
    if coming and asked.topics <= coming:
        outcome = Outcome.AGREED
    elif _is_asked_anew(asked.wish, at):
        outcome = Outcome.REPLACED
    else:
        outcome = Outcome.OVER
    return PastQuestion(outcome, titles_of(coming))


def _wanted_where(wish_id: UUID) -> set[str]:
    address = _asked_mailbox(wish_id)
    return wanted_topics(address) if address else set()


def _is_asked_anew(wish_id: UUID, at: datetime) -> bool:
    """Whether a newer mail waits for an answer in the mailbox to which this one went."""
    address = _asked_mailbox(wish_id)
    return address is not None and SubscriptionWish.objects.open(at=at).filter(of_mailbox(address)).exists()


def _asked_mailbox(wish_id: UUID) -> str | None:
    return Delivery.objects.filter(pk=wish_id).values_list("to", flat=True).first()


def titles_of(keys: Collection[str]) -> list[Words]:
    """Topics in words, in the order in which they are asked."""
    return [one.title for key, one in topics().items() if key in keys]
