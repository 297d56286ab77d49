"""`manage.py seed`: fills an empty market with invented companies, leads and threads.

Up to two thousand leads are made of those that were invented by hand. Above, those are the beginning, and the others
are invented by rules: `manage.py seed --leads 1000000`.
"""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Member
from marketplace.seed.credentials import keep_passwords, new_passwords, read_passwords
from marketplace.seed.market import Size, is_seeded, seed_market
from marketplace.seed.people import DEMO_EMAILS
from marketplace.seed.scale.market import is_scaled, seed_scale
from offerboard.models import Lead

MOST_BY_HAND = 2_000  # leads; beyond, the same lots would come again too often


class Command(BaseCommand):
    """Invents a market; a second run changes nothing."""

    help = "Fill the market with invented companies, leads and threads. Accounts to log in with: demo.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much to invent, and which of the possible markets."""
        parser.add_argument(
            "--companies", type=int, default=Size().companies, help="at least 2, at most those invented"
        )
        parser.add_argument("--leads", type=int, default=Size().leads, help="any number; a million takes minutes")
        parser.add_argument(
            "--number", "--seed", dest="number", type=int, default=1, help="another number gives another market"
        )
        parser.add_argument("--force", action="store_true", help="also outside the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse where real companies trade; otherwise invent, and keep the passwords where the demo finds them."""
        if not (settings.DEMO or settings.DEBUG or options["force"]):
            raise CommandError(
                "This would put invented companies among real ones. Set DEMO=1 for a demo, or add --force."
            )
        now, leads, number = timezone.now(), options["leads"], options["number"]
        by_hand = not is_seeded()
        by_rules = leads > MOST_BY_HAND and not is_scaled()
        own = leads if leads <= MOST_BY_HAND else Size().leads
        self._fill_by_hand(Size(options["companies"], own), number, now)
        if by_rules:
            self.stdout.write(f"Inventing {leads} leads; a million takes some minutes ...")
            seed_scale(leads=leads - Lead.objects.count(), number=number, now=now, say=self.stdout.write)
        if by_hand or by_rules:
            self.stdout.write(f"The market is filled. Accounts to log in with are in {_accounts()}.")
        else:
            self.stdout.write("The market is filled already.")

    def _fill_by_hand(self, size: Size, number: int, now: datetime) -> None:
        """The market that the demo shows, unless it is there, with passwords that the file names."""
        known = read_passwords(_accounts())
        missing = {role: password for role, password in new_passwords().items() if role not in known}
        if is_seeded():
            self._set_passwords(missing)
        if missing:
            keep_passwords(_accounts(), known | missing)
        if not is_seeded():
            seed_market(size=size, seed=number, passwords=known | missing, now=now)

    def _set_passwords(self, passwords: dict[str, str]) -> None:
        """The file was lost, so nobody knows the old ones; or the role could not log in when the market was made."""
        for role, password in passwords.items():
            for member in Member.objects.filter(email=DEMO_EMAILS[role]):
                member.set_password(password)
                member.save(update_fields=["password"])


def _accounts() -> Path:
    return Path(settings.LOCAL_STATE) / "demo.json"
