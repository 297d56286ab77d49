"""Marketing mail for people without an account: asked for on a page, confirmed from the mailbox, ended by one click."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from mailings.models import Subscriber, SubscriptionWish
from mailings.opting_out import remember, take_back, wait_for
from mailings.selectors.readers import address_of, keys_of
from mailings.services.queueing import queue_mail
from mailings.subscription_links import confirm_link
from mailings.topics import question_of, topics
from privacy.hearing import under_way
from privacy.models import ConsentEvent
from privacy.services.consent import consent_key, record_choices
from privacy.services.suppression import note_mailbox_works

AGAIN = timedelta(minutes=10)  # before that, the same mailbox is not asked a second time
Method = ConsentEvent.Method


class NothingChosen(Exception):
    """No topic, or none that there is."""


class NoSuchWish(Exception):
    """It was confirmed already, or has run out."""


@transaction.atomic(durable=True)
def ask_for_topics(*, email: str, wanted: Collection[str], language: str, gpc: bool, now: datetime) -> None:
    """Ask the mailbox whether it was its holder who chose these topics. Nobody is told whether it is known here.

    Raises NothingChosen.
    """
    chosen = [topic for topic in topics() if topic in wanted]
    if not chosen:
        raise NothingChosen
    address = email.strip().lower()
    wish, made = SubscriptionWish.objects.select_for_update().get_or_create(
        email=address, defaults={"topics": chosen, "language": language, "gpc": gpc, "asked_at": now}
    )
    if not made and wish.asked_at > now - AGAIN and set(wish.topics) == set(chosen):
        return
    wish.topics, wish.language, wish.gpc, wish.asked_at = chosen, language, gpc, now
    wish.save()
    queue_mail(
        template="confirm_subscription",
        to=address,
        language=language,
        context={"topics": [topics()[one].title for one in chosen], "confirm_url": confirm_link(wish.pk)},
        now=now,
    )


@transaction.atomic(durable=True)
def confirm_topics(*, wish_id: UUID, now: datetime) -> list[str]:
    """The holder of the mailbox says yes: from now on these topics come. Their keys. Raises NoSuchWish."""
    wish = SubscriptionWish.objects.select_for_update().filter(pk=wish_id).first()
    if wish is None:
        raise NoSuchWish
    record_choices(
        subject=_key_for(wish, now),
        choices={question_of(topic): True for topic in wish.topics if topic in topics()},
        method=Method.LINK,
        language=wish.language,
        gpc=wish.gpc,
        now=now,
    )
    note_mailbox_works(address=wish.email)
    wish.delete()
    return list(wish.topics)


def unsubscribe(*, reader: UUID, refused: Iterable[str], language: str, now: datetime) -> int:
    """Somebody says no by a link in a mail. How many mails may still arrive, since they were being handed over.

    Who has left, or said no before, has nothing to stop.
    """
    chosen = [topic for topic in refused if topic in topics()]
    if address_of(reader) is None:
        return 0
    events = _say_no(reader, chosen, method=Method.LINK, language=language, now=now)
    return under_way(subject=reader, events=events)


def opt_out(*, email: str, refused: Collection[str], language: str, now: datetime) -> int:
    """Staff enter what somebody said by telephone or letter; it holds for the address, whoever has it here, or nobody.

    How many mails may still arrive.
    """
    with transaction.atomic(durable=True):
        for subject in keys_of(email):
            _say_no(subject, refused, method=Method.STAFF, language=language, now=now)
        remember(address=email, topics=refused, now=now)
        take_back(reader=None, address=email, topics=refused)
    return wait_for(reader=None, address=email, topics=refused)


@transaction.atomic
def _say_no(
    subject: UUID, refused: Iterable[str], *, method: ConsentEvent.Method, language: str, now: datetime
) -> list[ConsentEvent]:
    choices = {question_of(topic): False for topic in refused}
    return record_choices(subject=subject, choices=choices, method=method, language=language, gpc=False, now=now)


def _key_for(wish: SubscriptionWish, now: datetime) -> UUID:
    """A member's own key where the mailbox is one's; else a subscriber's."""
    member = get_user_model()._default_manager.filter(email__iexact=wish.email, is_active=True).first()
    if member is not None:
        return consent_key(member=member)
    found = Subscriber.objects.filter(email__iexact=wish.email).first()
    if found is None:
        found = Subscriber.objects.create(email=wish.email, language=wish.language, confirmed_at=now)
    return found.key
