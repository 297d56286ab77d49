"""The cache that outlives Redis, on real sockets: one that is closed, one that accepts and never answers."""

import socket
from collections.abc import Iterator

import pytest
from django.conf import settings

from marketplace import cache as module
from marketplace.cache import FallbackCache
from tests.ports import deaf_port

HURRIED = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}


@pytest.fixture
def hung_server() -> Iterator[tuple[str, socket.socket]]:
    """Takes connections into its backlog and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0", listener


def connections(listener: socket.socket) -> int:
    """How many clients have connected."""
    listener.setblocking(False)
    count = 0
    while True:
        try:
            listener.accept()
        except BlockingIOError:
            return count
        count += 1


def test_while_redis_answers_two_processes_see_one_count() -> None:
    """Two caches stand for two processes."""
    patient = {"OPTIONS": settings.CACHES["default"]["OPTIONS"]}
    first = FallbackCache(settings.REDIS_URL, patient)
    second = FallbackCache(settings.REDIS_URL, patient)
    first.set("attempts", 4)

    second.incr("attempts")

    assert first.get("attempts") == 5


def test_without_redis_it_still_counts() -> None:
    """A log-in limit must neither fail nor forget."""
    with deaf_port() as port:
        cache = FallbackCache(f"redis://127.0.0.1:{port}/0", HURRIED)

        assert cache.add("attempts", 1) is True
        assert cache.add("attempts", 1) is False
        assert cache.incr("attempts") == 2
        assert cache.has_key("attempts") is True
        assert cache.delete("attempts") is True
        assert cache.get("attempts", "none") == "none"


def test_a_hung_redis_is_asked_once_and_then_left_alone_for_a_while(
    hung_server: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty questions cost one wait, not twenty; the while is longer than they can take."""
    monkeypatch.setattr(module, "PAUSE", 600.0)
    url, listener = hung_server
    cache = FallbackCache(url, HURRIED)

    for number in range(20):
        cache.set(f"key-{number}", number)

    assert [cache.get(f"key-{number}") for number in range(20)] == list(range(20))
    assert connections(listener) == 1
