"""What workers do for the outbox; PostgreSQL holds the rows, these carry only wake-ups."""

from celery import shared_task, signature

from mailings import delivery
from privacy.waking import wake as wake_worker


@shared_task
def send_due_mail() -> None:
    """Send what is due; run twice, or by two workers at once, it sends nothing twice."""
    delivery.send_due()


def wake() -> None:
    """Ask a worker to look now; the sweep looks every few seconds."""
    wake_worker(send_due_mail)


def wake_digests() -> None:
    """Ask a worker to write the mails that gather notices; the sweep asks again every ten seconds.

    The task stands above all who call this, and is named as the schedule names it.
    """
    wake_worker(signature("mailings.periodic.sweep_digests"), expires=10)
