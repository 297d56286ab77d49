"""What workers do for the outbox; PostgreSQL holds the rows, these carry only wake-ups."""

from celery import shared_task

from mailings import delivery
from privacy.waking import wake as wake_worker


@shared_task
def send_due_mail() -> None:
    """Send what is due; run twice, or by two workers at once, it sends nothing twice."""
    delivery.send_due()


def wake() -> None:
    """Ask a worker to look now; the sweep looks every few seconds."""
    wake_worker(send_due_mail)
