"""Makes the staff's groups as the code describes them."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.groups import sync_groups


class Command(BaseCommand):
    """Run it after every migrate: permissions exist only once the tables do."""

    help = "Make or update the groups moderator, communications, privacy officer and administrator."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        sync_groups()
        if options["verbosity"]:
            self.stdout.write("The groups are as the code describes them.")
