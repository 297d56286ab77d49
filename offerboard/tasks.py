"""What workers do for the offerboard; PostgreSQL holds the truth, these carry only wake-ups."""

from uuid import UUID

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError as BrokerUnreachable
from redis.exceptions import RedisError

from offerboard.importing import running

log = structlog.get_logger(__name__)


# Reading a sheet of the largest size takes minutes; everything else of a file ends with the shift.
@shared_task(soft_time_limit=1800, time_limit=1860)
def go_on_importing(*, import_id: str) -> None:
    """Work on an import for a while, then let other tasks have their turn; run twice, it repeats no row."""
    if running.go_on(UUID(import_id)):
        wake_import(import_id=import_id)


def wake_import(*, import_id: str) -> None:
    """Ask a worker to look now. When the broker is away the sweep finds the import within seconds."""
    try:
        # The sweep asks again every ten seconds; calls that no worker took by then would only pile up.
        go_on_importing.apply_async(kwargs={"import_id": import_id}, expires=10)
    except (BrokerUnreachable, RedisError, OSError) as error:
        log.warning("wake_up_lost", error=type(error).__name__)
