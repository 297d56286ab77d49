"""The link that asks a mailbox whether it was its holder who subscribed; it ends when the wish does."""

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "mailings.subscription"


class NotOurLink(Exception):
    """The link was changed on the way."""


def confirm_link(wish: UUID) -> str:
    """The whole address of the page with the button."""
    token = signing.Signer(salt=SALT).sign(wish.hex)
    address: str = urljoin(settings.SITE_URL, reverse("mailings:confirm", args=[token]))
    return address


def wish_of(token: str) -> UUID:
    """The wish that a link names; it may be gone. Raises NotOurLink."""
    try:
        return UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotOurLink from error
