"""Asking a worker to look now; PostgreSQL holds the truth, so a request that is lost costs seconds and nothing else."""

from typing import Any

import structlog
from kombu.exceptions import OperationalError as BrokerUnreachable
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def wake(task: Any, *, expires: float | None = None, **arguments: str) -> None:
    """Send the task to the broker. When that is away, a sweep finds the row within seconds.

    `expires`: seconds after which the sweep has asked again, so that calls which no worker took do not pile up.
    """
    try:
        task.apply_async(kwargs=arguments, expires=expires)
    except (BrokerUnreachable, RedisError, OSError) as error:
        log.warning("wake_up_lost", error=type(error).__name__)
