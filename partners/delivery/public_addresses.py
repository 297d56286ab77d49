"""Which addresses of the internet may be called: those that are reachable by everybody, and none of this machine's.

Source: the special-purpose address registries of IANA (RFC 6890), written out here, since what the standard library
calls global has changed between its versions. In IPv6 only 2000::/3 is given out; so addresses that carry one of IPv4
inside (mapped, NAT64) lie outside of it, or are listed (6to4, Teredo).
"""

import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from partners.delivery.targets import PORTS, Address, BadAddress, Target, read_target, why_unusual
from partners.delivery.trusted import is_trusted, may_be_trusted

LookUp = Callable[..., Sequence[Any]]  # as socket.getaddrinfo
MOST = 16  # answers that are looked at

NOT_PUBLIC_V4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, and the host of every machine at one provider
        "169.254.0.0/16",  # link-local: where clouds hand out their machines' credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
GIVEN_OUT_V6 = IPv6Network("2000::/3")
NOT_PUBLIC_V6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]


class NotPublic(Exception):
    """The name leads to an address that is not called."""


class NoSuchName(Exception):
    """The name leads nowhere, or nobody said so in time."""


def read_called(url: str) -> Target:
    """As `read_target`, for what `may_be_called` can take: nothing else is looked up. Raises BadAddress."""
    target = read_target(url)
    if (why := why_unusual(target)) and not may_be_trusted(target):
        raise BadAddress(why)
    return target


def read_callable(url: str) -> Target:
    """The same for the check when a webhook is made: also an address in place of a name is one that may be called.

    Where a name leads is asked when it is called.
    """
    target = read_called(url)
    if target.literal is not None and not may_be_called(target.literal, target):
        raise BadAddress("must lead to the public internet.")
    return target


def addresses_of(target: Target, *, until: float, look_up: LookUp) -> list[Address]:
    """All addresses of the target, looked up once; `until` is by the monotonic clock. Raises NotPublic, NoSuchName.

    One that may not be called spoils the others: a name with mixed answers is an attempt.
    """
    literal = target.literal
    found = [literal] if literal is not None else _look_up(target, until=until, look_up=look_up)
    if not all(may_be_called(address, target) for address in found):
        raise NotPublic
    return found


def may_be_called(address: Address, target: Target) -> bool:
    """Whether it is public and asked for securely, or trusted by the operator."""
    return is_trusted(address, target) or (is_public(address) and target.is_secure and target.port in PORTS)


def is_public(address: Address) -> bool:
    """Whether everybody on the internet reaches the same machine by it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    return address in GIVEN_OUT_V6 and not any(address in network for network in NOT_PUBLIC_V6)


def _look_up(target: Target, *, until: float, look_up: LookUp) -> list[Address]:
    """In a thread of its own: the system's resolver knows no deadline."""
    answers: SimpleQueue[Sequence[Any]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.put([])

    Thread(target=ask, daemon=True).start()
    try:
        found = answers.get(timeout=max(0.0, until - time.monotonic()))
    except Empty:
        raise NoSuchName from None
    if not found:
        raise NoSuchName
    return list(dict.fromkeys(ip_address(answer[4][0]) for answer in found[:MOST]))
