"""How often a mailbox may be asked whether it wants mail, whoever types its address."""

import math
import time
from datetime import UTC, datetime

from allauth.account import app_settings
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_cache_key, parse_rates
from django.core.cache import cache
from django.http import HttpRequest

from privacy.digests import normalised
from privacy.models import Suppression

ACTION = "subscribe"  # its rate stands in settings.ACCOUNT_RATE_LIMITS


def take_a_turn(request: HttpRequest, email: str) -> datetime | None:
    """None: the mailbox may be asked now, which counts. Else when it may be again, to the minute after.

    The same for every address, known here or not.
    """
    key = normalised(Suppression.Kind.EMAIL, email)
    return None if ratelimit.consume(request, action=ACTION, key=key) else _free_at(request, key)


def _free_at(request: HttpRequest, key: str) -> datetime:
    """When the oldest turn of those that count ends. allauth keeps them, the newest first, and tells nobody."""
    ends = [time.time()]
    for rate in parse_rates(app_settings.RATE_LIMITS[ACTION]):
        turns = cache.get(get_cache_key(request, app="allauth.account", action=ACTION, rate=rate, key=key), [])
        if len(turns) >= rate.amount:
            ends.append(turns[-1] + rate.duration)
    return datetime.fromtimestamp(math.ceil(max(ends) / 60) * 60, UTC)
