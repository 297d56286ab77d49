"""Both servers of one state directory, by the names of the variables that point to them."""

from collections.abc import Iterable
from pathlib import Path
from typing import IO

from marketplace.embedded.account import choose_account
from marketplace.embedded.place import Place
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parent.parent.parent

Server = Postgres | Valkey


class Servers:
    """PostgreSQL and Valkey of one state directory."""

    def __init__(self, state: Path, *, for_tests: bool = False) -> None:
        """Open the state directory, making it if need be; nothing is started. Raises NoAccount, PlaceUnusable."""
        self.place = Place(state, choose_account(CHECKOUT))
        self.by_variable: dict[str, Server] = {
            "DATABASE_URL": Postgres(self.place, durable=not for_tests),
            "REDIS_URL": Valkey(self.place, databases=1024 if for_tests else 16),
        }
        self.used: dict[str, Server] = {}
        self._lease: IO[str] | None = None

    def start(self, variables: Iterable[str] = ("DATABASE_URL", "REDIS_URL")) -> dict[str, str]:
        """Start what these variables point to, where it does not run, and use it until this process ends.

        Returns the variables' values. Raises NotInstalled, ServerFailed.
        """
        with self.place.locked():
            urls = {}
            for variable in variables:
                self.by_variable[variable].start()
                urls[variable] = self.by_variable[variable].url
                self.used[variable] = self.by_variable[variable]
            if self._lease is None:
                self._lease = self.place.lease()
            return urls

    def restart(self, server: Server) -> None:
        """Start one of them again after it died. Raises NotInstalled, ServerFailed."""
        with self.place.locked():
            server.start()

    def stop(self) -> None:
        """Stop both, whoever uses them."""
        with self.place.locked():
            self._stop()

    def leave(self) -> bool:
        """Stop both unless another process uses them; True if they were stopped."""
        with self.place.locked():
            lease, self._lease = self._lease, None
            if lease is None or not self.place.give_up(lease):
                return False
            self._stop()
            return True

    def _stop(self) -> None:
        for server in self.by_variable.values():
            server.stop()
