"""What beat calls for privacy."""

import time

from celery import shared_task
from django.utils import timezone

from privacy.services import policy_notices, removals, requests

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
def expire_removals() -> None:
    """Forget whose address was typed where nobody followed the link."""
    removals.expire_removals(now=timezone.now())


@shared_task
def announce_policies() -> None:
    """Tell members of coming changes for a while; the next call goes on."""
    ends_at = time.monotonic() + SHIFT
    while policy_notices.announce_policies(now=timezone.now()) and time.monotonic() < ends_at:
        pass
