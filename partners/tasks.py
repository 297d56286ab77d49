"""What workers do for webhooks; PostgreSQL holds the rows, these carry only wake-ups."""

from celery import shared_task

from partners import delivery
from privacy.waking import wake as wake_worker


@shared_task
def send_webhooks() -> None:
    """Call the webhooks for which something waits; run twice, or by two workers at once, it sends nothing twice."""
    delivery.send_due()


def wake() -> None:
    """Ask a worker to look now; the sweep looks every few seconds."""
    wake_worker(send_webhooks, expires=5)
