"""`manage.py begin_epoch`: after a restored copy, has everybody who follows the feed export again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partners.epochs import begin_epoch, was_restored


class Command(BaseCommand):
    """Part of each start with --if-restored, since nobody remembers it on the day of a restore."""

    help = "End every cursor of the change feed."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument(
            "--if-restored", action="store_true", help="only if the feed had come further than the database knows"
        )

    def handle(self, *_args: Any, if_restored: bool, **_options: Any) -> None:
        """Say so where it was done."""
        if not if_restored or was_restored():
            self.stdout.write(f"The change feed begins anew: {begin_epoch()}")
