"""What a key looks like, and how it is recognised."""

import hashlib
import re
import secrets
from dataclasses import dataclass

SHAPE = re.compile(r"mk_[A-Za-z0-9]{10}_[A-Za-z0-9_-]{43}")
PREFIX = 13  # letters of a key that name it
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A key as its holder sees it once, and what we keep of it."""

    secret: str
    prefix: str
    digest: str


def new_secret() -> NewSecret:
    """256 random bits behind a prefix that names the key."""
    prefix = "mk_" + "".join(secrets.choice(LETTERS) for _ in range(10))
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    return NewSecret(secret, prefix, digest_of(secret))


def digest_of(secret: str) -> str:
    """What is kept of a key: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like_a_key(text: str) -> bool:
    """Whether it is worth a look into the database."""
    return SHAPE.fullmatch(text) is not None


def holds_a_key(text: str) -> bool:
    """Whether something in it looks like a key."""
    return SHAPE.search(text) is not None


def without_keys(text: str) -> str:
    """The same with only the prefix of whatever looks like a key."""
    return SHAPE.sub(lambda found: f"{found[0][:PREFIX]}_…", text)
