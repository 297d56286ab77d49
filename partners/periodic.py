"""What beat calls for the change feed, for webhooks, and when contracts end."""

from celery import shared_task
from django.utils import timezone

from partners import epochs, numbering, tasks
from partners.delivery import pausing
from partners.services import contract_ends, once, usage, webhook_calls


@shared_task
def number_changes() -> None:
    """Number what was committed since the last call; readers of the feed do it for themselves."""
    numbering.number_changes(now=timezone.now())


@shared_task
def note_position() -> None:
    """Write down outside of the database how far the feed has come; notice a restore by what stands there."""
    epochs.note_position()


@shared_task
def sweep_webhooks() -> None:
    """Find what a lost wake-up, a dead worker or a failed attempt left behind, and send it; stop what has no key."""
    pausing.pause_without_key(now=timezone.now())
    tasks.send_webhooks()


@shared_task
def forget_tombstones() -> None:
    """Forget what has been gone for so long that nobody follows it any more."""
    numbering.forget_tombstones(now=timezone.now())


@shared_task
def follow_contracts() -> None:
    """Ask partners whose contract is over to delete what they have, and those who do not answer once more."""
    now = timezone.now()
    contract_ends.follow_contracts(now=now)
    contract_ends.tell_ended(now=now)


@shared_task
def forget_calls() -> None:
    """Forget the answers to yesterday's calls that were to happen once."""
    once.forget_calls(now=timezone.now())


@shared_task
def forget_deliveries() -> None:
    """Delete messages to webhooks that ended a month ago."""
    webhook_calls.forget_deliveries(now=timezone.now())


@shared_task
def add_up_usage() -> None:
    """Write down how often keys were used in the minutes before."""
    usage.add_up_usage(now=timezone.now())


@shared_task
def forget_usage() -> None:
    """Delete the days that are older than 400."""
    usage.forget_usage(now=timezone.now())
