"""What workers do for the offerboard; PostgreSQL holds the truth, these carry only wake-ups."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from offerboard import alerting
from offerboard.importing import running
from privacy.waking import wake


# Reading a sheet of the largest size takes minutes; everything else of a file ends with the shift.
@shared_task(soft_time_limit=1800, time_limit=1860)
def go_on_importing(*, import_id: str) -> None:
    """Work on an import for a while, then let other tasks have their turn; run twice, it repeats no row."""
    if running.go_on(UUID(import_id)):
        wake_import(import_id=import_id)


def wake_import(*, import_id: str) -> None:
    """Ask a worker to look now; the sweep asks again every ten seconds."""
    wake(go_on_importing, expires=10, import_id=import_id)


@shared_task
def tell_of_new_leads() -> None:
    """Tell members of new leads."""
    alerting.tell_of_new_leads(now=timezone.now())


def wake_alerts() -> None:
    """Ask a worker to look now; the sweep asks again every ten seconds."""
    wake(tell_of_new_leads, expires=10)
