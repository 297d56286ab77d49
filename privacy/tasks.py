"""What workers do for privacy; PostgreSQL holds the truth, these carry only wake-ups."""

from uuid import UUID

from celery import shared_task

from privacy.erasing import running as erasing
from privacy.exporting import running
from privacy.waking import wake


@shared_task(soft_time_limit=1800, time_limit=1860)  # somebody may have sent many pictures
def build_export(*, request_id: str) -> None:
    """Put a copy of somebody's data together; run twice, or by two workers at once, there is one."""
    running.build(UUID(request_id))


def wake_export(request_id: str) -> None:
    """Ask a worker to look now; the sweep asks again every ten seconds."""
    wake(build_export, expires=10, request_id=request_id)


@shared_task(soft_time_limit=600, time_limit=660)  # it stops by itself after two minutes, and is asked again
def erase_person(*, request_id: str) -> None:
    """Delete somebody who has left; run twice, or by two workers at once, one does it."""
    erasing.run(UUID(request_id))


def wake_erasure(request_id: str) -> None:
    """Ask a worker to look now; the sweep asks again."""
    wake(erase_person, expires=60, request_id=request_id)
