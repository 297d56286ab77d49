"""Links that leave the site pass a page that names the host; only links we signed, so that nobody borrows our name."""

from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.urls import reverse

from privacy.signed_links import NotOurLink

SALT = "privacy.leaving"


def leaving_url(target: str) -> str:
    """The address of the page that names the target's host before a reader goes there."""
    return f"{reverse('marketplace:leaving')}?{urlencode({'to': signing.dumps(target, salt=SALT)})}"


def read_target(signed: str) -> tuple[str, str]:
    """The target and its host, as a browser would reach it.

    Raises NotOurLink for anything unsigned and for anything but http and https.
    """
    try:
        target = signing.loads(signed, salt=SALT)
    except signing.BadSignature as error:
        raise NotOurLink from error
    parts = urlsplit(target)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotOurLink
    return target, parts.hostname
