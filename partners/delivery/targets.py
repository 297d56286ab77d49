"""Reading the address of a webhook. One reading serves the check and the call, so that the two cannot differ."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address

LONGEST = 500
PORTS = (443, 8443)
VISIBLE = re.compile(r"[!-\[\]-~]+")  # of ASCII, without the backslash, which programs read in different ways
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
# The last part of a name begins with a letter: what ends in a number is an address in one of its many spellings.
NAME = re.compile(rf"({LABEL}\.)*[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?", re.IGNORECASE)


class BadAddress(ValueError):
    """The message says in a sentence what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes."""

    is_secure: bool
    host: str  # a name in small letters, or an address
    port: int
    path: str  # with its query

    @property
    def literal(self) -> Address | None:
        """The address that stands in place of a name."""
        return _literal(self.host)


def read_target(url: str) -> Target:
    """Take an address apart. Raises BadAddress.

    Unless the operator trusts further addresses (`WEBHOOK_NETWORKS`), only https is taken, at port 443 or 8443. That
    a name leads to the public internet is asked when it is called (`public_addresses`).
    """
    if len(url) > LONGEST or not VISIBLE.fullmatch(url):
        raise BadAddress(f"must be an address of at most {LONGEST} visible ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("is no address.") from error
    if parts.username is not None or parts.password is not None or "#" in url:
        raise BadAddress("may have neither a user’s name nor a fragment.")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not settings.WEBHOOK_NETWORKS):
        raise BadAddress("must begin with https://.")
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(is_secure, _host(parts.hostname or ""), port or (443 if is_secure else 80), path)
    if not settings.WEBHOOK_NETWORKS and target.port not in PORTS:
        raise BadAddress("may name port 443 or 8443 and no other.")
    return target


def _host(host: str) -> str:
    if _literal(host) is not None and "%" not in host:
        return host
    if len(host) > 253 or not NAME.fullmatch(host) or ("." not in host and not settings.WEBHOOK_NETWORKS):
        raise BadAddress("must name a host by its full name in ASCII, such as hooks.example.com.")
    return host


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
