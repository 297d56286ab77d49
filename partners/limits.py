"""How often a key may call: a number for each minute, told in the RateLimit headers.

Source: IETF draft-ietf-httpapi-ratelimit-headers, “RateLimit header fields for HTTP”. Counted in the cache, which falls
back to each process’s memory when Redis is away: a limit may then be passed, never a call lost.
"""

import time
from dataclasses import dataclass

from django.core.cache import cache

from partners.models import ApiKey
from partners.problems import Problem

WINDOW = 60  # seconds
OF_MEMBERS = 120  # calls a minute


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a minute's calls is left."""

    most: int
    left: int
    seconds: int  # until the next minute

    @property
    def headers(self) -> dict[str, str]:
        """As structured fields."""
        return {
            "RateLimit-Policy": f'"minute";q={self.most};w={WINDOW}',
            "RateLimit": f'"minute";r={self.left};t={self.seconds}',
        }


def take_call(key: ApiKey) -> Allowance:
    """Count one call. Raises Problem, with the headers, when the minute is used up."""
    most = key.partner.calls_a_minute if key.partner else OF_MEMBERS
    minute, passed = divmod(int(time.time()), WINDOW)
    name = f"api-calls:{_holder(key)}:{minute}"
    cache.add(name, 0, WINDOW * 2)
    try:
        used = cache.incr(name)
    except ValueError:  # the cache forgot it in between
        used = 1
    allowance = Allowance(most, max(0, most - used), WINDOW - passed)
    if used > most:
        raise Problem(
            status=429,
            kind="too-many-requests",
            title="Too many calls",
            detail=f"{most} calls a minute are agreed. Wait {allowance.seconds} seconds.",
            headers={**allowance.headers, "Retry-After": str(allowance.seconds)},
        )
    return allowance


def _holder(key: ApiKey) -> str:
    """A second key brings no second allowance."""
    return f"partner:{key.partner_id}" if key.partner_id else f"member:{key.member_id}"
