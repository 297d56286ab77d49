"""What the operator trusts beside the public internet: the entries of `WEBHOOK_NETWORKS`.

An entry is a network, an address or a name, and may end in a port: `10.20.0.0/16:8443`, `[fd00::/8]:8443`,
`hooks.internal:9000`. Without a port it opens every service there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.conf import settings

from partners.delivery.targets import NAME, Address, Target

HIGHEST_PORT = 65_535


class BadEntry(ValueError):
    """It is neither a network nor a name, or its port is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them."""

    network: IPv4Network | IPv6Network | None
    name: str  # where it is no network, in small letters
    port: int | None  # None for every port

    def covers(self, address: Address, target: Target) -> bool:
        """Whether the target may be called at this address."""
        if self.port is not None and self.port != target.port:
            return False
        return target.host.lower() == self.name if self.network is None else address in self.network

    def may_cover(self, target: Target) -> bool:
        """The same before it is known where a name leads: it may lead into any network."""
        literal = target.literal
        if literal is not None:
            return self.covers(literal, target)
        names = target.host.lower() == self.name if self.network is None else True
        return names and self.port in (None, target.port)


def is_trusted(address: Address, target: Target) -> bool:
    """Whether one of the entries covers it."""
    return any(one.covers(address, target) for one in _entries(tuple(settings.WEBHOOK_NETWORKS)))


def may_be_trusted(target: Target) -> bool:
    """Whether one of the entries covers it, or will once its name has been looked up."""
    return any(one.may_cover(target) for one in _entries(tuple(settings.WEBHOOK_NETWORKS)))


@cache
def _entries(texts: Sequence[str]) -> list[Entry]:
    return [read_entry(text) for text in texts]


def read_entry(text: str) -> Entry:
    """Take an entry apart. Raises BadEntry."""
    if (network := _network(text)) is not None:
        return Entry(network, "", None)
    where, colon, last = text.rpartition(":")
    if not colon or text.endswith("]"):
        return _entry(text, None)
    if not (last.isdecimal() and last.isascii() and 1 <= int(last) <= HIGHEST_PORT):
        raise BadEntry(text)
    return _entry(where, int(last))


def _entry(where: str, port: int | None) -> Entry:
    bare = where[1:-1] if where.startswith("[") and where.endswith("]") else where
    network = _network(bare)
    if network is None and not NAME.fullmatch(where):
        raise BadEntry(where)
    if isinstance(network, IPv6Network) and port is not None and bare == where:  # “fd00::1:80” could be read twice
        raise BadEntry(where)
    return Entry(network, where.lower() if network is None else "", port)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None
