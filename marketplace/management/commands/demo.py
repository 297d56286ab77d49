"""`manage.py demo`: the whole market on this machine, with invented companies, until Ctrl-C."""

import json
import os
import sys
from argparse import SUPPRESS, ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from directory.models import Company
from marketplace import demo
from marketplace.embedded.account import NoAccount, RunAs, choose_account
from marketplace.embedded.place import Place, PlaceUnusable
from marketplace.embedded.servers import CHECKOUT, Server
from marketplace.local import ServersUnavailable, state_directory, use_embedded_servers
from marketplace.seed.credentials import read_key, read_passwords
from marketplace.seed.people import DEMO_EMAILS
from marketplace.seed.sandbox import KEY_FILE, open_sandbox
from marketplace.seed.sandbox_service import SERVICE_KEY_FILE, open_sandbox_service
from marketplace.supervisor import NotReady, StopRequested, Supervisor


class Command(BaseCommand):
    """Starts servers, fills the database once, starts the market, and stops everything at Ctrl-C or SIGTERM."""

    help = "Runs the market on this machine with invented data until Ctrl-C. PORT chooses the port (8000)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port; the rest is for the demo itself and for make."""
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument("--until-parent-ends", action="store_true", help=SUPPRESS)
        parser.add_argument("--prepare", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check first, then start; whatever happens, what was started is stopped."""
        if options["prepare"]:
            self._prepare()
            return
        if not (options["port"].isascii() and options["port"].isdecimal()) or not 0 < int(options["port"]) < 65536:
            raise CommandError(f"PORT is a number from 1 to 65535, not {options['port']!r}.")
        try:
            self._run(int(options["port"]), until_parent_ends=options["until_parent_ends"])
        except StopRequested:
            self.stdout.write("Stopped before everything was started.")
        except (demo.CannotStart, NotReady, ServersUnavailable, PlaceUnusable, NoAccount) as error:
            raise CommandError(str(error)) from error

    def _run(self, port: int, *, until_parent_ends: bool) -> None:
        url = f"http://localhost:{port}"
        place = Place(state_directory(), choose_account(CHECKOUT))
        lock = demo.DemoLock(place.root)
        lock.take(url)
        addresses = demo.free_addresses(port)
        servers = use_embedded_servers()
        try:
            mail_port = demo.free_port()
            supervisor = self._supervisor(place, url, mail_port)
            supervisor.listen(until_parent_ends=until_parent_ends)
            try:
                if not (place.root / "demo.json").exists():
                    self._say(
                        "Making the database and inventing companies and leads; the first time takes a minute ..."
                    )
                supervisor.run_once("prepare", [sys.executable, str(CHECKOUT / "manage.py"), "demo", "--prepare"])
                supervisor.start(demo.mail_catcher(place, mail_port))
                supervisor.start(*demo.market(place, port, addresses, os.environ["REDIS_URL"]))
                if servers:
                    for server in servers.used.values():
                        supervisor.look_after(server.title, partial(_lives, server), partial(servers.restart, server))
                self._welcome(url, place)
                supervisor.watch()
            finally:
                self._say("Stopping ...")
                supervisor.stop()
        finally:
            if servers and not servers.leave():
                self._say("PostgreSQL and Valkey go on: another command uses them.")
        self._say("Stopped. The data stays.")

    def _supervisor(self, place: Place, url: str, mail_port: int) -> Supervisor:
        """Everything that the market writes belongs to the user it runs as."""
        for name in ("media", "private", "static", "mailbox"):
            place.account.take(place.own(name))
        for name in ("demo.json", KEY_FILE, SERVICE_KEY_FILE):
            place.account.take(place.root / name)
        run_as = demo.whom_to_run_as(place.account)
        if run_as is None:
            self._say(
                "Note: web, workers and beat run as root, because the user whom the servers run as cannot read "
                f"{CHECKOUT} or {sys.executable}."
            )
        with place.locked():
            secret_key = os.environ.get("SECRET_KEY") or place.secret("secret_key")
        invented = {name: value for name, value in demo.OPERATOR.items() if not os.environ.get(name)}
        environment = (
            os.environ
            | invented
            | {
                "DEMO": "1",
                "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
                "HOME": str(place.run),
                "MARKETPLACE_STATE": str(place.root),
                "PYTHONUNBUFFERED": "1",
                "SECRET_KEY": secret_key,
                "SITE_URL": os.environ.get("SITE_URL") or url,
            }
        )
        return Supervisor(
            environment=environment, run_as=run_as or RunAs(), directory=CHECKOUT, logs=place.logs, say=self._say
        )

    def _prepare(self) -> None:
        """Bring the database and the static files up to date; invent companies if there are none."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("sync_groups", verbosity=0)
        call_command("replay_erasures", verbosity=0)
        call_command("begin_epoch", if_restored=True)
        demo.collect_static_files(settings.LOCAL_STATE / "run" / "collected")
        everybody_can_log_in = read_passwords(settings.LOCAL_STATE / "demo.json").keys() == DEMO_EMAILS.keys()
        if "seed" in get_commands() and not (Company.objects.exists() and everybody_can_log_in):
            call_command("seed")
        open_sandbox(settings.LOCAL_STATE / KEY_FILE, now=timezone.now())
        open_sandbox_service(settings.LOCAL_STATE / SERVICE_KEY_FILE, now=timezone.now())

    def _welcome(self, url: str, place: Place) -> None:
        lines = ["", f"The market is open:   {url}/", f"Mails that it sends:  {url}/dev/mailbox/", ""]
        lines += [
            f"Log in as {role:11}{account['email']}   password: {account['password']}"
            for role, account in _accounts(place).items()
        ]
        if key := read_key(place.root / KEY_FILE):
            lines += ["", f"A partner’s key:      {key}"]
            lines += [f"Try it:  curl -H 'Authorization: Bearer {key}' {url}/api/v1/export/leads.ndjson"]
        if key := read_key(place.root / SERVICE_KEY_FILE):
            lines += ["", f"A service to connect: {url}/my/services/"]
            lines += [f"What it then gets:  curl -H 'Authorization: Bearer {key}' {url}/api/v1/contacts/"]
        lines += ["", f"Data and logs are in {place.root}. Ctrl-C stops everything; the data stays.", ""]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _lives(server: Server) -> bool:
    return server.pid is not None


def _accounts(place: Place) -> dict[str, dict[str, str]]:
    """The people that the seed made to log in as, by their role."""
    try:
        accounts: dict[str, dict[str, str]] = json.loads((place.root / "demo.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {role: accounts[role] for role in DEMO_EMAILS if role in accounts}
