"""What beat calls for privacy."""

import time

from celery import shared_task
from django.utils import timezone

from privacy.services import policy_notices

SHIFT = 20.0  # seconds after which other tasks have their turn


@shared_task
def announce_policies() -> None:
    """Tell members of coming changes for a while; the next call goes on."""
    ends_at = time.monotonic() + SHIFT
    while policy_notices.announce_policies(now=timezone.now()) and time.monotonic() < ends_at:
        pass
