"""What beat calls for privacy."""

import time

from celery import shared_task
from django.utils import timezone

from privacy.erasing import running as erasing
from privacy.services import breaches, corrections, leaving, policy_notices, receipts, removals, requests
from privacy.sweeping import running as sweeping

SHIFT = 20.0  # seconds after which other tasks have their turn


@shared_task
def sweep_exports() -> None:
    """Take up copies of people's data that a lost wake-up or a dead worker left behind."""
    requests.take_up_waiting(now=timezone.now())


@shared_task
def forget_exports() -> None:
    """Delete copies whose seven days are over, and what killed workers left."""
    requests.forget_exports(now=timezone.now())


@shared_task
def sweep_leaving() -> None:
    """Everything about leaving that waits for a time, a receiver, or a mail, or was left by a dead worker."""
    now = timezone.now()
    leaving.forget_unconfirmed(now=now)
    leaving.take_up_due(now=now)
    leaving.close_confirmed(now=now)
    leaving.forget_letters(now=now)


@shared_task
def expire_removals() -> None:
    """Forget whose address was typed where nobody followed the link."""
    removals.expire_removals(now=timezone.now())


@shared_task
def announce_policies() -> None:
    """Tell members of coming changes for a while; the next call goes on."""
    ends_at = time.monotonic() + SHIFT
    while policy_notices.announce_policies(now=timezone.now()) and time.monotonic() < ends_at:
        pass


@shared_task(soft_time_limit=240, time_limit=270)
def sweep_retention() -> None:
    """Delete what has outlived its time, once a night; the next call goes on where this one stops."""
    now = timezone.now()
    sweeping.sweep(now=now)
    erasing.erase_released(now=now)


@shared_task
def forget_evidence() -> None:
    """Delete what people sent to show that something is wrong, 30 days after the answer."""
    corrections.forget_evidence(now=timezone.now())


@shared_task
def tell_receivers() -> None:
    """Tell receivers what was corrected or erased, remind them, and note what they confirm."""
    now = timezone.now()
    receipts.collect_confirmations(now=now)
    receipts.tell_by_channel(now=now)


@shared_task
def tell_of_breaches() -> None:
    """Tell people of what happened to their data for a while; the next call goes on. Note which mails have left."""
    ends_at = time.monotonic() + SHIFT
    while breaches.tell_some(now=timezone.now()) and time.monotonic() < ends_at:
        pass
    breaches.note_sent(now=timezone.now())
