"""Keyed digests of addresses and names: what is suppressed can be recognised and cannot be read.

settings.SUPPRESSION_KEYS holds “id:secret” pairs, the newest first. New digests are made with the first key; older
keys stay as long as digests made with them do, since nobody can make a digest anew without what it was made of.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator

from django.conf import settings

from privacy.mailboxes import ascii_host
from privacy.masking import UNSEEN
from privacy.models import Suppression

Kind = Suppression.Kind


def normalised(kind: str, value: str) -> str:
    """One spelling for what is the same: case, width, accents' composition and signs that nobody sees do not count.

    A company is given as “XX name”, with the ISO 3166-1 alpha-2 code of its country in front; a telephone number as
    ITU-T E.164 writes it; a topic as “topic address”.
    """
    if kind == Kind.TOPIC:
        topic, _space, address = value.partition(" ")
        return f"{topic} {normalised(Kind.EMAIL, address)}"
    words = unicodedata.normalize("NFKC", UNSEEN.sub("", value)).casefold().split()
    if kind == Kind.EMAIL:
        local, _at, domain = "".join(words).rpartition("@")
        return f"{local}@{ascii_host(domain)}"
    if kind == Kind.WEBSITE:
        return ascii_host("".join(words).removeprefix("www."))
    if kind == Kind.PHONE:
        return "+" + "".join(letter for letter in "".join(words) if letter.isdecimal())
    return " ".join("".join(letter if letter.isalnum() else " " for letter in " ".join(words)).split())


def digest_now(kind: str, value: str) -> tuple[str, str]:
    """The id of the newest key, and the digest made with it, hexadecimal."""
    return next(_digests(kind, value))


def digests_of(kind: str, value: str) -> list[str]:
    """The digests of a value with every key, the newest first: any of them may be stored."""
    return [digest for _key_id, digest in _digests(kind, value)]


def _digests(kind: str, value: str) -> Iterator[tuple[str, str]]:
    message = f"{kind}\n{normalised(kind, value)}".encode()
    for pair in settings.SUPPRESSION_KEYS:
        key_id, _colon, secret = pair.partition(":")
        yield key_id, hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
