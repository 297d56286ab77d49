"""What beat calls for the outbox."""

from celery import shared_task
from django.utils import timezone

from mailings import delivery, digests, tasks
from mailings.returning import maildir


@shared_task
def sweep_outbox() -> None:
    """Find what a lost wake-up or a dead worker left behind, and send it."""
    delivery.settle_abandoned(now=timezone.now())
    delivery.send_due()


@shared_task
def sweep_campaigns() -> None:
    """Take each campaign further whose wake-up was lost, and send what is due of it."""
    tasks.send_campaign_mail()


@shared_task
def read_returned() -> None:
    """Take in what came back to the mailbox, and forget the files of last week."""
    maildir.read_new(now=timezone.now())
    maildir.forget_old(now=timezone.now())


@shared_task
def sweep_digests() -> None:
    """Write the mails that gather notices, where they are due; run twice, it tells nobody twice."""
    digests.write_due_digests(now=timezone.now())
