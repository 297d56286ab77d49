"""Whether a message to the webhook comes from who knows the secret, and comes now.

The sender writes `X-Bounce-Timestamp`, seconds since 1970, and `X-Bounce-Signature`, HMAC-SHA-256 in hexadecimal of the
timestamp, a dot and the body as it is sent.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

FRESH = timedelta(minutes=5)  # either way: clocks differ


def sign(body: bytes, *, timestamp: str, secret: str) -> str:
    """The signature that belongs to a body sent at this time (seconds since 1970), hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, *, timestamp: str, signature: str, now: datetime) -> bool:
    """Whether one of our secrets signed it within the last minutes; without a secret nothing is."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    signed = [
        hmac.compare_digest(sign(body, timestamp=timestamp, secret=secret).encode(), signature.encode())
        for secret in settings.BOUNCE_WEBHOOK_SECRETS
        if secret
    ]
    return any(signed) and abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds()
