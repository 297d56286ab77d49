"""`manage.py seed`: fills an empty market with invented companies, leads and threads."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Member
from marketplace.seed.credentials import keep_passwords, new_passwords, read_passwords
from marketplace.seed.market import Size, is_seeded, seed_market
from marketplace.seed.people import DEMO_EMAILS


class Command(BaseCommand):
    """Invents a market; a second run changes nothing."""

    help = "Fill the market with invented companies, leads and threads. Accounts to log in with: demo.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much to invent, and which of the possible markets."""
        parser.add_argument(
            "--companies", type=int, default=Size().companies, help="at least 2, at most those invented"
        )
        parser.add_argument("--leads", type=int, default=Size().leads)
        parser.add_argument("--seed", type=int, default=1, help="another number gives another market")
        parser.add_argument("--force", action="store_true", help="also outside the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse where real companies trade; otherwise invent, and keep the passwords where the demo finds them."""
        if not (settings.DEMO or settings.DEBUG or options["force"]):
            raise CommandError(
                "This would put invented companies among real ones. Set DEMO=1 for a demo, or add --force."
            )
        path = settings.LOCAL_STATE / "demo.json"
        passwords = read_passwords(path)
        if is_seeded():
            if not passwords:
                self._set_passwords(new := new_passwords())
                keep_passwords(path, new)
            self.stdout.write("The market is filled already.")
            return
        if not passwords:
            keep_passwords(path, passwords := new_passwords())
        seed_market(
            size=Size(options["companies"], options["leads"]),
            seed=options["seed"],
            passwords=passwords,
            now=timezone.now(),
        )
        self.stdout.write(f"The market is filled. Accounts to log in with are in {path}.")

    def _set_passwords(self, passwords: dict[str, str]) -> None:
        """The file was lost, so nobody knows the old ones."""
        for member in Member.objects.filter(email__in=DEMO_EMAILS.values()):
            role = next(role for role, email in DEMO_EMAILS.items() if email == member.email)
            member.set_password(passwords[role])
            member.save(update_fields=["password"])
