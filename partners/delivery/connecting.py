"""A connection to an address that was looked at, in the name of its host, which ends at its deadline."""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from threading import Timer

from urllib3.connection import HTTPConnection, HTTPSConnection

from partners.delivery.targets import Address, Target


class NoConnection(Exception):
    """Nothing answers at any of the addresses."""


@contextmanager
def connected(addresses: Sequence[Address], target: Target, *, until: float) -> Iterator[HTTPConnection]:
    """A connection to the first of the addresses that answers, which is cut at the deadline. Raises NoConnection."""
    sock = _connect(addresses, target.port, until=until)
    left = max(0.001, until - time.monotonic())
    sock.settimeout(left)
    twin = sock.dup()  # TLS takes the socket itself over; what is done to its twin is done to the connection
    watchdog = Timer(left, _cut, [twin])
    watchdog.daemon = True
    watchdog.start()
    connection = _Secure(sock, target, left) if target.is_secure else _Plain(sock, target, left)
    try:
        yield connection
    finally:
        watchdog.cancel()
        connection.close()
        _cut(twin)
        twin.close()
        sock.close()


def _connect(addresses: Sequence[Address], port: int, *, until: float) -> socket.socket:
    """Each address gets its share of the time that is left. Raises NoConnection."""
    for at, address in enumerate(addresses):
        share = (until - time.monotonic()) / (len(addresses) - at)
        with suppress(OSError):
            return socket.create_connection((str(address), port), timeout=max(0.001, share))
    raise NoConnection


def _cut(twin: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        twin.shutdown(socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    """Over a connection that is there already: it looks up nothing."""

    def __init__(self, sock: socket.socket, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._ready = sock

    def _new_conn(self) -> socket.socket:
        return self._ready


class _Secure(HTTPSConnection):
    """The same with TLS: the name stands in SNI, and the certificate has to hold for it."""

    def __init__(self, sock: socket.socket, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds, ssl_context=trusted())
        self._ready = sock

    def _new_conn(self) -> socket.socket:
        return self._ready


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts."""
    return ssl.create_default_context()
