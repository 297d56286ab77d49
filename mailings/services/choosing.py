"""Choosing topic by topic behind the link of a mail: less holds at once, more is asked of the mailbox first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mailings.models import Subscriber
from mailings.selectors.readers import mailbox_of
from mailings.selectors.subscribing import is_mailbox_of, wanted_topics
from mailings.services.subscriptions import ask_for_topics, unsubscribe
from mailings.stopping.unsubscribe_links import Link
from mailings.topics import topics
from privacy.addresses import of_mailbox


class NotTheirMailbox(Exception):
    """Nobody here knows the mailbox any more, or the link went to another one than is written to now."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of it: topics by their keys."""

    stopped: Collection[str]
    under_way: int  # mails of these that may still arrive
    asked: Collection[str]  # of the mailbox, by a mail


def mailbox_behind(link: Link) -> str:
    """The address for which a link's holder may choose. Raises NotTheirMailbox."""
    address = mailbox_of(link.reader)
    if address is None or not is_mailbox_of(link, address):
        raise NotTheirMailbox
    return address


def wanted_besides(address: str, chosen: Collection[str]) -> set[str]:
    """What of these does not come yet, so that the mailbox has to be asked."""
    return {*chosen} & topics().keys() - wanted_topics(address)


def choose_topics(
    *, link: Link, chosen: Collection[str], may_ask: bool, language: str, page: str, gpc: bool, now: datetime
) -> Chosen:
    """Stop what is not chosen, then ask the mailbox about what is new; without `may_ask` no mail is written.

    `language` is that of their mail from now on, `page` that of the page. Each step holds by itself, so that a no does
    not wait for anything. Raises NotTheirMailbox.
    """
    address = mailbox_behind(link)
    new, stopped = wanted_besides(address, chosen), wanted_topics(address) - {*chosen}
    left = unsubscribe(link=link, refused=stopped, language=page, now=now) if stopped else 0
    choose_language(address=address, language=language)
    if new and may_ask:
        ask_for_topics(email=address, wanted=new, language=language, gpc=gpc, now=now)
    return Chosen(stopped, left, new if may_ask else ())


@transaction.atomic(durable=True)
def choose_language(*, address: str, language: str) -> None:
    """Of a subscriber's mail; a member's is that of the profile, for all mail, and is changed there only."""
    Subscriber.objects.filter(of_mailbox(address)).exclude(language=language).update(language=language)
