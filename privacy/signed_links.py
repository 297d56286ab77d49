"""Links in mails that are keys: signed, naming nobody in clear, and good until what they are about is gone."""

from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.urls import reverse

LINK_END = r"(?:(?P<token>[^/]+)/)?$"  # the end of an address; no token where all of it was cut off


class NotOurLink(Exception):
    """The link was not signed by this site, or was changed on the way."""


def signed_link(page: str, value: str, *, salt: str) -> str:
    """The whole address of a page (the name of its view) with a value that only this site can have put there."""
    address: str = urljoin(settings.SITE_URL, reverse(page, args=[signing.Signer(salt=salt).sign(value)]))
    return address


def signed_value(token: str, *, salt: str) -> str:
    """The value in a link. Raises NotOurLink."""
    try:
        value: str = signing.Signer(salt=salt).unsign(token)
    except signing.BadSignature as error:
        raise NotOurLink from error
    return value
