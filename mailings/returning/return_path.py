"""The envelope sender of each mail: an address of its own, so that what comes back says which mail it is about.

`bounce+<mail>.<signature>@<BOUNCE_DOMAIN>` (known as VERP). The signature is an HMAC: only whoever had the mail, or
its envelope, knows it. Its key is derived from SECRET_KEY, and while that is being changed from SECRET_KEY_FALLBACKS
too, as with links in mails. SUPPRESSION_KEYS would be the wrong keys: none of these may ever be taken away, so that
one which became known would forge for good.

Both halves are base32 in small letters, since some servers change the case of what stands before the @.
"""

import base64
import re
from collections.abc import Iterator
from email.utils import parseaddr
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from mailings.models import Delivery

SALT = "mailings.return_path"  # in every envelope sender that is under way
SIGNATURE = 20  # signs of base32: 100 bits
REFERENCE = "X-Delivery-Reference"  # the same in the mail itself, for servers that write an envelope of their own
TOKEN = re.compile(r"(?<![a-z0-9])([a-z2-7]{26}\.[a-z2-7]{20})(?![a-z0-9])", re.IGNORECASE)


def return_path(row: Delivery) -> str:
    """Where a server says that the mail did not arrive: without BOUNCE_DOMAIN the sender itself."""
    if not settings.BOUNCE_DOMAIN:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"bounce+{token_of(row.pk)}@{settings.BOUNCE_DOMAIN}"


def token_of(delivery: UUID) -> str:
    """What stands for the mail, signed with the newest key; 47 signs."""
    return f"{_base32(delivery.bytes)}.{_signature(delivery, settings.SECRET_KEY)}"


def tokens_in(text: str) -> Iterator[str]:
    """Each string in a text that has the shape of such a token, whoever signed it."""
    return (found.lower() for found in TOKEN.findall(text))


def delivery_of(token: str) -> UUID | None:
    """The mail that it stands for; None where none of the keys has signed it."""
    mail, _dot, signature = token.partition(".")
    delivery = UUID(bytes=base64.b32decode(mail.upper() + "======"))
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    signed = [compare_digest(_signature(delivery, key), signature) for key in keys]
    return delivery if any(signed) else None


def _signature(delivery: UUID, key: str) -> str:
    digest = salted_hmac(SALT, delivery.hex, secret=key, algorithm="sha256").digest()
    return _base32(digest)[:SIGNATURE]


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
