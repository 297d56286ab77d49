"""Ports for programs that want to be told where to listen."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_kept: list[socket.socket] = []  # until this process ends


def own_port() -> int:
    """A port of 127.0.0.1 that nobody else is given, also until a program that starts slowly listens there.

    It stays bound and does not listen: the kernel deals it out to nobody who asks for any port, and lets a server that
    reuses addresses, as servers do, have it by its number. Where the kernel is another one, it is free just now.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port: int = kept.getsockname()[1]
    if sys.platform == "linux":
        _kept.append(kept)
    else:
        kept.close()
    return port


@contextmanager
def deaf_port(host: str = "127.0.0.1") -> Iterator[int]:
    """A port where nobody listens and nobody else will."""
    with socket.socket() as deaf:
        deaf.bind((host, 0))
        yield deaf.getsockname()[1]
