"""The links by which a topic of marketing mail is stopped: signed, naming nobody, and good for ever."""

from functools import cache
from urllib.parse import quote
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
    return f"{settings.SITE_URL}{_path()}{quote(token)}/"


@cache
def _path() -> str:
    """What stands before each token; to ask the resolver for each mail would take longer than to sign."""
    path: str = reverse("mailings:unsubscribe", args=["token"])
    return path.removesuffix("token/")


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
