"""The links by which a topic of marketing mail is stopped: signed, naming nobody, and good for ever."""

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mailings.smtp import own_host
from mailings.topics import topics

SALT = "mailings.unsubscribe"
NOBODY = UUID(int=0)  # the reader of tests and previews


class NotOurLink(Exception):
    """The link was changed on the way."""


def unsubscribe_link(reader: UUID, topic: str) -> str:
    """The whole address of the page; `reader` is the key of the reader's consents."""
    token = signing.Signer(salt=SALT).sign(f"{reader.hex}.{topic}")
    address: str = urljoin(settings.SITE_URL, reverse("mailings:unsubscribe", args=[token]))
    return address


def read_link(token: str) -> tuple[UUID, str]:
    """Whom and which topic a link names; the reader may have left. Raises NotOurLink."""
    try:
        reader, _dot, topic = signing.Signer(salt=SALT).unsign(token).partition(".")
        return UUID(reader), topic
    except (signing.BadSignature, ValueError) as error:
        raise NotOurLink from error


def list_id(topic: str) -> str:
    """By which mail programs sort and tell lists apart (RFC 2919)."""
    known = topics().get(topic)
    return f"{known.title if known else topic} <{topic.replace('_', '-')}.{own_host()}>"
