"""What workers do for the outbox; PostgreSQL holds the rows, these carry only wake-ups."""

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError as BrokerUnreachable
from redis.exceptions import RedisError

from mailings import delivery

log = structlog.get_logger(__name__)


@shared_task
def send_due_mail() -> None:
    """Send what is due; run twice, or by two workers at once, it sends nothing twice."""
    delivery.send_due()


def wake() -> None:
    """Ask a worker to look now. When the broker is away the sweep finds the rows within seconds."""
    try:
        send_due_mail.delay()
    except (BrokerUnreachable, RedisError, OSError) as error:
        log.warning("wake_up_lost", error=type(error).__name__)
