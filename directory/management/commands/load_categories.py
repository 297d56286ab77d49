"""Adds the categories that a new release brought."""

from typing import Any

from django.core.management.base import BaseCommand

from directory.services import load_categories


class Command(BaseCommand):
    """Adds categories that the table lacks; those that are there keep their ids, names and places."""

    help = "Add the categories that this release knows and the table lacks; nothing that is there changes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill the tree and say how many came."""
        self.stdout.write(f"{load_categories()} categories added.")
