"""Mails of campaigns that must not go: unwanted, of a campaign that rests, or such as nobody can send."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from uuid import UUID

from django.utils import timezone

from mailings.answers import without_addresses
from mailings.audiences import Filters, audience
from mailings.delivery.marking import digests_for
from mailings.delivery.settling import end, still_mine
from mailings.models import Campaign, Delivery, Subscriber
from mailings.subscription_links import QUESTION_MAIL
from privacy.consents import Channel
from privacy.models import Suppression
from privacy.selectors.consents import who_says_yes
from privacy.selectors.suppression import is_suppressed, only_comes_back

UNWANTED = "its receiver does not want it, or cannot be reached"
A_MOMENT = timedelta(seconds=5)
State = Delivery.State


def without_unwanted(rows: Sequence[Delivery], *, topic: str) -> list[Delivery]:
    """The rows of a campaign that may go now; the others end here, before a server hears of them.

    `mark_in_flight` asks again for each whether it is wanted. Six queries at most.
    """
    not_these = unwanted(rows, topic=topic) | moved_away(rows)
    for row in rows:
        if row.pk in not_these:
            end(still_mine(row), state=State.SUPPRESSED, error=UNWANTED)
    return [row for row in rows if row.pk not in not_these]


def unwanted(rows: Sequence[Delivery], *, topic: str) -> set[UUID]:
    """Of these rows, those whose receiver said no to the topic, or cannot be reached. Two queries."""
    digests = {row.pk: set(chain(*digests_for(row.to, topic))) for row in rows}
    kinds = [Suppression.Kind.EMAIL, Suppression.Kind.TOPIC]
    every = set().union(*digests.values())
    known = set(Suppression.objects.filter(kind__in=kinds, digest__in=every).values_list("digest", flat=True))
    found = {pk for pk, some in digests.items() if not known.isdisjoint(some)}
    if topic:
        readers = {row.reader for row in rows if row.reader}
        agree = who_says_yes(subjects=readers, purpose=topic, channel=Channel.EMAIL, at=timezone.now())
        found |= {row.pk for row in rows if row.reader not in agree}
    return found


def moved_away(rows: Sequence[Delivery]) -> set[UUID]:
    """Of these rows, those whose reader is no reader any more, or has another mailbox by now. Two queries."""
    now, keys = timezone.now(), [row.reader for row in rows if row.reader]
    members = audience().members(Filters(), now)
    if not keys:
        still = {
            one.lower() for one in members.filter(email__in=[row.to for row in rows]).values_list("email", flat=True)
        }
        return {row.pk for row in rows if row.to.lower() not in still}
    mailboxes = dict(members.filter(consent_link__key__in=keys).values_list("consent_link__key", "email"))
    mailboxes |= dict(Subscriber.objects.filter(key__in=keys).values_list("key", "email"))
    return {row.pk for row in rows if mailboxes.get(row.reader, "").lower() != row.to.lower()}


def hold_back(row: Delivery, *, topic: str) -> None:
    """A row that was refused at the last moment: unwanted by now, or its campaign rests, or another worker has it."""
    if _is_unwanted(row, topic):
        end(still_mine(row), state=State.SUPPRESSED, error=UNWANTED)
    else:
        release([row])


def _is_unwanted(row: Delivery, topic: str) -> bool:
    """As `mark_in_flight` asks."""
    if row.asked_for and row.template == QUESTION_MAIL:
        return is_suppressed(Suppression.Kind.EMAIL, row.to) and not only_comes_back(row.to)
    return not row.asked_for and bool(unwanted([row], topic=topic))


def halt(campaign: Campaign, rows: Sequence[Delivery], why: str) -> None:
    """Pause a campaign that cannot go on, with the reason, and put its rows back."""
    sending = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING)
    sending.update(state=Campaign.State.PAUSED, halt=without_addresses(why)[:300])
    release(rows)


def release(rows: Sequence[Delivery]) -> None:
    """Nothing was sent: back to the others. Rows that somebody else has taken or ended meanwhile stay as they are."""
    soon = timezone.now() + A_MOMENT
    for row in rows:
        still_mine(row).filter(state=State.CLAIMED).update(
            state=State.PENDING, lease_until=None, not_before=soon, attempts=row.attempts - 1
        )
