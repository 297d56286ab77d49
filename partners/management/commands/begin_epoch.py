"""`manage.py begin_epoch`: after a restored copy, has everybody who follows the feed export again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partners.epochs import begin_epoch, begin_epoch_if_restored


class Command(BaseCommand):
    """Part of each start with --if-restored, since nobody remembers it on the day of a restore."""

    help = "End every cursor of the change feed."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument(
            "--if-restored", action="store_true", help="only if the note beside the ledger says that it was restored"
        )

    def handle(self, *_args: Any, if_restored: bool, **_options: Any) -> None:
        """Say so where it was done."""
        if epoch := begin_epoch_if_restored() if if_restored else begin_epoch():
            self.stdout.write(f"The change feed begins anew: {epoch}")
