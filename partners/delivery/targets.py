"""Reading the address of a webhook. One reading serves the check and the call, so that the two cannot differ."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

NOT_SECURE = "must begin with https://."
NO_NAME = "must name a host by its full name in ASCII, such as hooks.example.com."
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
    """Take an address apart. Raises BadAddress for what nobody may call; `public_addresses` says what may be called."""
    if len(url) > LONGEST or not VISIBLE.fullmatch(url):
        raise BadAddress(f"must be an address of at most {LONGEST} visible ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("is no address.") from error
    if parts.username is not None or parts.password is not None or "#" in url:
        raise BadAddress("may have neither a user’s name nor a fragment.")
    if not url.startswith(("https://", "http://")):  # also not in capitals: the database takes small letters only
        raise BadAddress(NOT_SECURE)
    is_secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_secure, _host(parts.hostname or ""), port or (443 if is_secure else 80), path)


def why_unusual(target: Target) -> str:
    """What only the operator can allow about it, in a sentence; "" where it may lie on the public internet."""
    if not target.is_secure:
        return NOT_SECURE
    if target.port not in PORTS:
        return "may name port 443 or 8443 and no other."
    return NO_NAME if target.literal is None and "." not in target.host else ""


def _host(host: str) -> str:
    if _literal(host) is not None and "%" not in host:
        return host
    if len(host) > 253 or not NAME.fullmatch(host):
        raise BadAddress(NO_NAME)
    return host


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
