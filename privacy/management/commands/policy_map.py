"""`manage.py policy_map`: compares the data map in the code with the one that the policies' texts speak of."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import policies
from privacy.snapshot import all_changes, take_snapshot


class Command(BaseCommand):
    """Ends with an error while the two differ, and says how."""

    help = "Compare the data map with privacy/policies/map.json; --write commits to the map as it is in the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to write."""
        parser.add_argument("--write", action="store_true", help="write the file; then see that the texts say the same")

    def handle(self, *_args: Any, write: bool, **_options: Any) -> None:
        """Print each difference as a sentence."""
        now = take_snapshot()
        if policies.MAP.exists() and policies.committed_map() == now:
            self.stdout.write("The committed map says what the code says.")
            return
        for change in all_changes(policies.committed_map(), now) if policies.MAP.exists() else []:
            self.stdout.write(change)
        if not write:
            raise CommandError("The map in the code is not the committed one. Change the texts too, then use --write.")
        policies.MAP.write_text(policies.as_text(now), encoding="utf-8")
        self.stdout.write(f"Written: {policies.MAP.name}")
