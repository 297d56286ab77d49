"""Marketing mail for people without an account: asked for on a page, confirmed from the mailbox, ended by one click."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from mailings.audiences import Filters, audience
from mailings.models import Subscriber, SubscriptionWish
from mailings.selectors.readers import keys_of, mailbox_of
from mailings.selectors.subscribing import is_mailbox_of
from mailings.services.queueing import queue_mail
from mailings.stopping.opting_out import remember, remember_digest, take_back, wait_for
from mailings.stopping.unsubscribe_links import Link
from mailings.subscription_links import QUESTION_MAIL, confirm_link
from mailings.topics import line_of, question_of, topics
from privacy.addresses import of_mailbox
from privacy.models import ConsentEvent, Suppression
from privacy.selectors.suppression import only_comes_back
from privacy.services.consent import consent_key, record_choices
from privacy.services.suppression import lift, note_mailbox_works

AGAIN = timedelta(minutes=10)  # before that, the same mailbox is not asked a second time
Method = ConsentEvent.Method


class NothingChosen(Exception):
    """No topic, or none that there is."""


class NoSuchWish(Exception):
    """It was confirmed already, or has run out."""


@transaction.atomic(durable=True)
def ask_for_topics(*, email: str, wanted: Collection[str], language: str, gpc: bool, now: datetime) -> None:
    """Ask the mailbox whether it was its holder who chose these topics. Nobody is told whether it is known here.

    `language` is the one in which its mail is wanted. The mail that asks has the number of the wish: by it the link
    still finds the mailbox when the wish is over. It goes also where mail came back from, since a yes to it proves that
    the mailbox works; not where its holder has said that we must not write. Raises NothingChosen.
    """
    chosen = [topic for topic in topics() if topic in wanted]
    if not chosen:
        raise NothingChosen
    address = email.strip().lower()
    known = SubscriptionWish.objects.select_for_update().filter(of_mailbox(address)).first()
    same = known and set(known.topics) == set(chosen) and known.language == language
    if known and same and known.asked_at > now - AGAIN:
        return
    if known:  # its link is about something else
        known.delete()
    wish = SubscriptionWish(email=address, topics=chosen, language=language, gpc=gpc, asked_at=now)
    try:
        with transaction.atomic():
            wish.save(force_insert=True)
    except IntegrityError:  # of two clicks at once, the other one asks
        return
    queue_mail(
        template=QUESTION_MAIL,
        to=address,
        language=language,
        context={"topics": [topics()[one].title for one in chosen], "confirm_url": confirm_link(wish.pk, chosen)},
        now=now,
        asked_for=only_comes_back(address),
        pk=wish.pk,
    )


@transaction.atomic(durable=True)
def confirm_topics(*, wish_id: UUID, language: str, now: datetime) -> None:
    """The holder of the mailbox says yes: from now on these topics come. Raises NoSuchWish.

    `language` is that of the page with the button; mail comes in the one that was chosen with the topics. A no that is
    remembered for the address alone is over, also where the last word under its key was yes before.
    """
    wish = SubscriptionWish.objects.open(at=now).select_for_update().filter(pk=wish_id).first()
    if wish is None:
        raise NoSuchWish
    wanted = [topic for topic in wish.topics if topic in topics()]
    record_choices(
        subject=_key_for(wish, now),
        choices={question_of(topic): True for topic in wanted},
        method=Method.LINK,
        language=language,
        gpc=wish.gpc,
        now=now,
    )
    for topic in wanted:
        lift(kind=Suppression.Kind.TOPIC, value=line_of(topic, wish.email), now=now)
    note_mailbox_works(address=wish.email)
    wish.delete()


def unsubscribe(*, link: Link, refused: Collection[str], language: str, now: datetime) -> int:
    """Somebody says no by a link in a mail: it holds for the mailbox, whichever keys it has here by now.

    So does it for the mailbox to which the mail with the link went, where its reader has gone from there: it may be
    here under another key, or come back. How many mails may still arrive, since they were being handed over; asked anew
    however often the button is pressed.
    """
    address = mailbox_of(link.reader) or ""
    if not is_mailbox_of(link, address):
        with transaction.atomic(durable=True):
            remember_digest(key_id=link.key_id, digest=link.digest, now=now)
    if address:
        return _stop(address, refused, method=Method.LINK, reader=link.reader, language=language, now=now)
    return wait_for(reader=link.reader, address="", topics=refused)


def opt_out(*, email: str, refused: Collection[str], language: str, now: datetime) -> int:
    """Staff enter what somebody said by telephone or letter; it holds for the address, whoever has it here, or nobody.

    How many mails may still arrive.
    """
    return _stop(email, refused, method=Method.STAFF, reader=None, language=language, now=now)


def _stop(
    address: str,
    refused: Collection[str],
    *,
    method: ConsentEvent.Method,
    reader: UUID | None,
    language: str,
    now: datetime,
) -> int:
    """A no under each key of the mailbox, a member's own among them; remembered too where nobody has it."""
    choices = {question_of(topic): False for topic in refused}
    with transaction.atomic(durable=True):
        for member in get_user_model()._default_manager.filter(of_mailbox(address)):
            consent_key(member=member)  # who was never asked has none yet, and finds the no among their consents
        for subject in keys_of(address):
            record_choices(subject=subject, choices=choices, method=method, language=language, gpc=False, now=now)
        remember(address=address, topics=refused, now=now)
        take_back(reader=reader, address=address, topics=refused)
    return wait_for(reader=reader, address=address, topics=refused)


def _key_for(wish: SubscriptionWish, now: datetime) -> UUID:
    """A member's own key where the member has proved the mailbox; else a subscriber's, who reads what they chose last.

    The language of a member's mail stands in the profile, for all mail; one newsletter does not change it.
    """
    member = audience().members(Filters(), now).filter(of_mailbox(wish.email)).first()
    if member is not None:
        return consent_key(member=member)
    found = Subscriber.objects.filter(of_mailbox(wish.email)).first()
    if found is None:
        return Subscriber.objects.create(email=wish.email, language=wish.language, confirmed_at=now).key
    Subscriber.objects.filter(pk=found.pk).update(language=wish.language)
    return found.key
