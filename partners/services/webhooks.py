"""Webhooks are made, changed, paused and taken up again, and their secrets are renewed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from partners import tasks
from partners.delivery.pausing import pause
from partners.delivery.public_addresses import read_callable
from partners.delivery.signing import new_secret, sealed_secret
from partners.models import MOST_OF_HOLDER, ApiKey, Feed, Webhook
from partners.services.keys import hold_newest

OVERLAP = timedelta(hours=24)  # for which both secrets sign

State, Why = Webhook.State, Webhook.PauseReason


class TooManyWebhooks(Exception):
    """The holder has as many as there may be."""


class PausedByStaff(Exception):
    """Only staff take it up again."""


class StillChanging(Exception):
    """The secret was renewed within the last day; `until` then the one before it signs."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook with its secret, which nobody can be shown again."""

    webhook: Webhook
    secret: str


@transaction.atomic
def create_webhook(*, key: ApiKey, url: str, kinds: Collection[str], now: datetime) -> NewSecret:
    """One that belongs to the key's holder, and is told of what changes from now on.

    It hangs on the key that has taken this one's place, if there is one: a program may still use the old one for some
    days. Raises BadAddress, TooManyWebhooks.
    """
    read_callable(url)
    newest = hold_newest(key=key, now=now)
    feed, secret = Feed.objects.get(pk=1), new_secret()
    webhook = Webhook(
        partner_id=key.partner_id,
        member_id=key.member_id,
        key=newest,
        url=url,
        kinds=sorted(kinds),
        state_since=now,
        epoch=feed.epoch,
        position=feed.last,
        quiet_until=now,
        created_at=now,
    )
    webhook.secret = sealed_secret(webhook, secret)
    _take_a_place(webhook, key)
    return NewSecret(webhook, secret)


@transaction.atomic
def change_webhook(*, webhook: Webhook, url: str | None, kinds: Collection[str] | None, now: datetime) -> None:
    """Another address, other kinds, or both; what waits goes to another address at once. Raises BadAddress.

    What is not sent is not written: somebody else may have changed it since it was read.
    """
    changed: dict[str, Any] = {}
    if url is not None:
        read_callable(url)
        changed["url"] = url
        if url != webhook.url:
            _try_at_once(webhook, now=now)
    if kinds is not None:
        changed["kinds"] = sorted(kinds)
    if changed:
        Webhook.objects.filter(pk=webhook.pk).update(**changed)


@transaction.atomic
def rotate_secret(*, webhook: Webhook, now: datetime) -> NewSecret:
    """A new secret signs from now on; the one before it signs too for a day. Raises StillChanging within that day.

    Else a program that still has the secret of this morning would know none of those that sign.
    """
    locked = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if locked.previous_until is not None and locked.previous_until > now:
        raise StillChanging(locked.previous_until)
    secret = new_secret()
    locked.previous_secret, locked.previous_until = locked.secret, now + OVERLAP
    locked.secret = sealed_secret(locked, secret)
    locked.save(update_fields=["secret", "previous_secret", "previous_until"])
    return NewSecret(locked, secret)


@transaction.atomic
def pause_webhook(*, webhook: Webhook, by: Webhook.PauseReason, now: datetime) -> None:
    """Call it no more; where it stands in the feed is kept. What staff have paused, staff take up again."""
    if not pause(webhook, by, now=now) and by == Why.STAFF:
        Webhook.objects.filter(pk=webhook.pk).exclude(pause_reason=by).update(pause_reason=by, state_since=now)


@transaction.atomic
def resume_webhook(*, webhook: Webhook, key: ApiKey | None, now: datetime) -> bool:
    """Go on where it stopped: what did not arrive is tried anew at once, for three days. Raises PausedByStaff.

    `key` is one of its holder's, on which it hangs from now on if its own has ended. Staff have none: then it waits for
    its holder, and the answer is False.
    """
    paused = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk, state=State.PAUSED).first()
    if paused is None:
        return True
    if key is not None and paused.pause_reason == Why.STAFF:
        raise PausedByStaff
    if not ApiKey.objects.valid(at=now).filter(webhooks=paused).exists():
        if key is None:
            Webhook.objects.filter(pk=paused.pk).update(pause_reason=Why.KEY, state_since=now)
            return False
        paused.key = hold_newest(key=key, now=now)
    paused.state, paused.pause_reason, paused.state_since = State.ACTIVE, "", now
    paused.save(update_fields=["state", "pause_reason", "state_since", "key"])
    _try_at_once(webhook, now=now)
    return True


@transaction.atomic
def delete_webhook(*, webhook: Webhook) -> None:
    """With all that was noted about it; a message that is being cut for it is waited for, and goes along."""
    for held in Webhook.objects.select_for_update().filter(pk=webhook.pk):
        held.delete()


def _try_at_once(webhook: Webhook, *, now: datetime) -> None:
    """What did not arrive has its three days anew."""
    waiting = webhook.deliveries.filter(state="pending").of_feed()
    waiting.update(attempts=0, tried_from=now, not_before=now)
    transaction.on_commit(tasks.wake)


def _take_a_place(webhook: Webhook, key: ApiKey) -> None:
    """Of two that are made at once each gets a place of its own, or none."""
    taken = set(Webhook.objects.of_holder(key).values_list("place", flat=True))
    for place in sorted(set(range(1, MOST_OF_HOLDER + 1)) - taken):
        webhook.place = place
        try:
            with transaction.atomic():
                webhook.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise TooManyWebhooks
