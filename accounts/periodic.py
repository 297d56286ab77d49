"""What beat calls for accounts."""

from celery import shared_task
from django.utils import timezone

from accounts.services.signup import forget_unconfirmed


@shared_task
def forget_unconfirmed_accounts() -> None:
    """Erase accounts whose mailbox nobody has proved within a month."""
    forget_unconfirmed(now=timezone.now())
