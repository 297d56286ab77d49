"""`manage.py servers status|stop`: the embedded servers of this checkout."""

import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.demo import DemoLock
from marketplace.embedded.account import NoAccount
from marketplace.embedded.place import PlaceUnusable
from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import Servers
from marketplace.local import state_directory

PATIENCE = 60.0  # seconds in which a demo stops


class Command(BaseCommand):
    """Shows or stops what `make demo`, `make test` and other commands started."""

    help = "Shows or stops the embedded PostgreSQL and Valkey of this checkout."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word says what to do."""
        parser.add_argument("action", choices=["status", "stop"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for the servers of the demo, of tests and of the bench."""
        state = state_directory()
        try:
            self._show_or_stop(state, stop=options["action"] == "stop")
        except (NoAccount, PlaceUnusable) as error:
            raise CommandError(str(error)) from error

    def _show_or_stop(self, state: Path, *, stop: bool) -> None:
        states = [place for place in (state, state / "test", state / "bench") if place.exists()]
        if stop and state.exists():
            self._stop_demo()
        for place in states:
            servers = Servers(place)
            if stop:
                servers.stop()
            for variable, server in servers.by_variable.items():
                running = f"runs (process {server.pid}): {variable}={server.url}" if server.pid else "does not run"
                self.stdout.write(f"{server.title} in {place} {running}")
        if not states:
            self.stdout.write(f"There is nothing in {state} yet.")

    def _stop_demo(self) -> None:
        lock = DemoLock(state_directory())
        if (pid := lock.holder()) is not None:
            os.kill(pid, signal.SIGTERM)
            if not wait_until(lambda: lock.holder() is None, seconds=PATIENCE):
                raise CommandError(f"The demo (process {pid}) does not stop.")
