"""What workers do for the outbox; PostgreSQL holds the rows, these carry only wake-ups."""

from celery import shared_task, signature
from django.utils import timezone

from mailings import delivery
from mailings.delivery.campaigns import advance
from privacy.waking import wake as wake_worker


@shared_task
def send_due_mail() -> None:
    """Send what is due to single persons; run twice, or by two workers at once, it sends nothing twice."""
    delivery.send_due()


@shared_task
def send_campaign_mail() -> None:
    """Take each campaign further, and send what is due of it; the same holds."""
    advance(now=timezone.now())
    delivery.send_campaigns()
    advance(now=timezone.now())


def wake() -> None:
    """Ask a worker to look now; the sweep looks every few seconds."""
    wake_worker(send_due_mail)


def wake_campaigns() -> None:
    """Ask a worker to look at the campaigns now; the sweep looks at them, too."""
    wake_worker(send_campaign_mail, expires=5)


def wake_digests() -> None:
    """Ask a worker to write the mails that gather notices; the sweep asks again every ten seconds.

    The task stands above all who call this, and is named as the schedule names it.
    """
    wake_worker(signature("mailings.periodic.sweep_digests"), expires=10)
