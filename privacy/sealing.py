"""Columns that a copy of the database does not give away: AES-256-GCM (NIST SP 800-38D).

settings.SEALING_KEYS holds “id:key” pairs, the newest first; a key is 32 random bytes in base64url. What is sealed
names the key that it was sealed with, so that older keys open what they sealed. The place, which is the column and the
id of its row, is sealed along: what somebody copies into another row does not open there.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes, drawn anew each time


class CannotUnseal(Exception):
    """It was sealed elsewhere or with a key that is gone, or somebody changed it."""


def seal(text: str, *, place: str) -> str:
    """The text as it may lie in the column; `place` is such as “partners.Webhook.secret 7”. Never the same twice."""
    key_id, key = keys()[0]
    nonce = secrets.token_bytes(NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, *, place: str) -> str:
    """The text. Raises CannotUnseal."""
    key_id, _colon, content = sealed.partition(":")
    try:
        key = dict(keys())[key_id]
        raw = base64.urlsafe_b64decode(content)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise CannotUnseal from error


def keys() -> list[tuple[str, bytes]]:
    """All keys with their ids, the newest first. Raises ValueError where one is no key."""
    found = []
    for pair in settings.SEALING_KEYS:
        key_id, _colon, text = pair.partition(":")
        try:
            key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error as error:
            raise ValueError(key_id) from error
        if not key_id or len(key) != 32:
            raise ValueError(key_id)
        found.append((key_id, key))
    return found
