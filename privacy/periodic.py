"""What beat calls for privacy."""

from celery import shared_task
from django.utils import timezone

from privacy.services import requests


@shared_task
def sweep_exports() -> None:
    """Take up copies of people's data that a lost wake-up or a dead worker left behind."""
    requests.take_up_waiting(now=timezone.now())


@shared_task
def forget_exports() -> None:
    """Delete copies whose seven days are over, and what killed workers left."""
    requests.forget_exports(now=timezone.now())
