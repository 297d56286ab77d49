"""The links by which a topic of marketing mail is stopped: signed, naming nobody, and good for ever."""

from functools import cache
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mailings.smtp import own_host
from mailings.topics import line_of, topics
from privacy.digests import digest_now
from privacy.models import Suppression
from privacy.signed_links import signed_value

SALT = "mailings.unsubscribe"
NOBODY = UUID(int=0)  # the reader of tests and previews


class Link(NamedTuple):
    """What a link stands for: a key of consents, and a digest by which the address is known when the key is gone."""

    reader: UUID
    topic: str
    key_id: str  # of settings.SUPPRESSION_KEYS
    digest: str  # of topic and address, hexadecimal


def unsubscribe_link(reader: UUID, topic: str, address: str) -> str:
    """The whole address of the page; `reader` is the key of the reader's consents."""
    key_id, digest = digest_now(Suppression.Kind.TOPIC, line_of(topic, address))
    token = signing.Signer(salt=SALT).sign(f"{reader.hex}.{topic}.{digest}.{key_id}")
    return f"{settings.SITE_URL}{_path()}{quote(token)}/"


@cache
def _path() -> str:
    """What stands before each token; to ask the resolver for each mail would take longer than to sign."""
    path: str = reverse("mailings:unsubscribe", args=["token"])
    return path.removesuffix("token/")


def read_link(token: str) -> Link:
    """Whom and which topic a link names; the reader may have left. Raises privacy.signed_links.NotOurLink."""
    reader, topic, digest, key_id = signed_value(token, salt=SALT).split(".", 3)
    return Link(UUID(reader), topic, key_id, digest)


def list_id(topic: str) -> str:
    """By which mail programs sort and tell lists apart (RFC 2919)."""
    known = topics().get(topic)
    return f"{known.title if known else topic} <{topic.replace('_', '-')}.{own_host()}>"
