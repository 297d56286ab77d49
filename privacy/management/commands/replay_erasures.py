"""`manage.py replay_erasures`: after a restored copy, erases again whoever had left by then."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.erasing import replaying


class Command(BaseCommand):
    """Part of each start, since nobody remembers it on the day of a restore; without a restore it finds nothing."""

    help = "Erase again everybody whom the ledger of erasures names and the database still knows."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        """Say how many it were."""
        try:
            again = replaying.replay(now=timezone.now())
        except replaying.NotReplayed as error:
            raise CommandError(f"These requests of the ledger could not be carried out again: {error}") from error
        if again or verbosity:
            self.stdout.write(f"Erased again: {again}")
