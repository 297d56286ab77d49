"""Makes the first administrator."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import Member
from marketplace.groups import ADMINISTRATOR, sync_groups
from privacy.addresses import of_mailbox


class Command(BaseCommand):
    """What is not given is asked for; the password comes from ADMIN_PASSWORD or is asked for as well."""

    help = "Create an administrator, who then sets up a second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """E-mail and name."""
        parser.add_argument("email", nargs="?")
        parser.add_argument("name", nargs="?", help="Full name, in quotes.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create, or say why not; nothing is half made."""
        email = (options["email"] or input("E-mail: ")).strip().lower()
        name = (options["name"] or input("Full name: ")).strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        if Member.objects.filter(of_mailbox(email)).exists():
            raise CommandError(f"{email} has an account already.")
        if not name:
            raise CommandError("A name is needed: colleagues see who decided.")
        password = os.environ.get("ADMIN_PASSWORD") or self._ask()
        try:
            validate_password(password, Member(email=email, full_name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        member = Member.objects.create_superuser(email, password, full_name=name)
        EmailAddress.objects.create(user=member, email=email, primary=True, verified=True)
        sync_groups()
        member.groups.add(Group.objects.get(name=ADMINISTRATOR))
        self.stdout.write(
            "Created. Next: log in on the site, set up a second factor under Account, log in again, then open /admin/."
        )

    def _ask(self) -> str:
        first = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != first:
            raise CommandError("The two passwords differ. Nothing was created.")
        return first
