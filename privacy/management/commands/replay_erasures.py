"""`manage.py replay_erasures`: after a restored copy, erases again whoever had left by then."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy.erasing import replaying


class Command(BaseCommand):
    """Part of each start, since nobody remembers it on the day of a restore; without a restore it finds nothing."""

    help = "Erase again everybody whom the ledger of erasures names and the database still knows."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        """Say how many it were."""
        again = replaying.replay(now=timezone.now())
        if again or verbosity:
            self.stdout.write(f"Erased again: {again}")
