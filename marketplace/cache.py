"""A cache that outlives Redis: counts of log-in attempts must never turn a dead Redis into a failed log-in."""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)

PAUSE = 5.0  # seconds during which a Redis that failed is not asked again, so that a hung one costs one wait


class FallbackCache(BaseCache):
    """Redis while it answers; this process's own memory while it does not.

    Limits counted in memory hold per process, which is weaker than shared counts and much better than none.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(server, params)
        self._memory = LocMemCache("fallback", {})
        self._failed_at = -PAUSE

    def _ask(self, question: Callable[[BaseCache], Answer]) -> Answer:
        if time.monotonic() - self._failed_at >= PAUSE:
            try:
                return question(self._redis)
            except RedisError as error:
                self._failed_at = time.monotonic()
                log.warning("redis_unreachable", error=type(error).__name__)
        return question(self._memory)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store unless the key exists; True when stored."""
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The stored value, or `default`."""
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store for `timeout` seconds."""
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Renew the time to live; True when the key exists."""
        return self._ask(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget the key; True when it existed."""
        return self._ask(lambda cache: cache.delete(key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a stored number; ValueError when there is none."""
        return self._ask(lambda cache: cache.incr(key, delta, version))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Those that are stored, at once."""
        names = list(keys)
        return self._ask(lambda cache: cache.get_many(names, version))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Forget them, at once."""
        names = list(keys)
        self._ask(lambda cache: cache.delete_many(names, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Whether the key is stored."""
        return self._ask(lambda cache: cache.has_key(key, version))

    def clear(self) -> None:
        """Forget everything, also what was counted while Redis was away."""
        self._memory.clear()
        self._ask(lambda cache: cache.clear())
