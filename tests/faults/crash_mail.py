"""Sends a campaign while its workers are killed and Redis is wiped, and counts what arrived.

    python -m tests.faults.crash_mail [--recipients 10000] [--workers 4] [--kills 40] [--kind marketing]

The last line says how many readers got it twice, how many are missed, and how many rows say that nobody knows. It exits
with 1 where somebody was written to twice, or is missed, or more than three in a thousand are uncertain; of a service
announcement a repetition is right where the row says that its end was unknown once, and bears the same Message-ID.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.servers import CHECKOUT, Servers
from tests.ports import own_port

SHARE, DELAY = 0.03, 0.01  # of mails put off; seconds before a recipient is answered, so that the kills find work
SILENCE = 0.05
MOST_UNCERTAIN = 0.003
PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mail server and the outbox say in the end."""

    recipients: int
    duplicates: int
    repeated: int  # announcements that came again after an unknown end
    missed: int
    uncertain: int
    state: str
    adds_up: bool

    @property
    def line(self) -> str:
        """As it is printed."""
        return f"duplicates {self.duplicates} missed {self.missed} uncertain {self.uncertain} of {self.recipients}"

    @property
    def is_right(self) -> bool:
        """Whether nobody was written to twice and nobody is missed, and the numbers say so."""
        return (self.duplicates, self.missed, self.state, self.adds_up) == (0, 0, "done", True)


class Crash:
    """An installation of the outbox: servers, a mail server, workers and their clock, all in one directory."""

    def __init__(self, state: Path, *, workers: int, seed: int, silence: float = 0.0) -> None:
        """Start the servers and make the tables; `silence`: seconds from a mail's arrival to the answer."""
        self.state, self.chance = state, random.Random(seed)  # noqa: S311 - so that a run can be repeated
        self.servers = Servers(state, for_tests=True)
        self.log, port = state / "arrived", own_port()
        self.environment = {
            **os.environ,
            **self.servers.start(),
            "DEMO": "1",
            "SECRET_KEY": "only for this test " + "x" * 40,
            "MARKETPLACE_STATE": str(state),
            "STATEMENT_TIMEOUT_MS": "60000",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "OPERATOR_NAME": "Example Ltd",
            "OPERATOR_ADDRESS": "1 Example Street, Example",
            "LOG_LEVEL": "ERROR",
        }
        self.environment.pop("TESTING", None)
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.workers = [f"worker{number}" for number in range(workers)]
        self.log.touch()
        self._run("manage.py", "migrate", "-v0")
        manner = map(str, (SHARE, DELAY, silence))
        self.start("sink", "-m", "marketplace.bench.sink", str(port), str(self.log), *manner)

    def release(self, *, recipients: int, kind: str) -> None:
        """Readers, a campaign, and everything that sends it."""
        self._ask(f"gather({recipients}, {kind!r})")
        celery = ["-m", "celery", "-A", "marketplace"]
        self.start("beat", *celery, "beat", "--schedule", str(self.state / "beat"))
        self.commands = {name: [*celery, "worker", "-n", name, "--queues", "campaigns,celery"] for name in self.workers}
        for name in self.workers:
            self.start(name, *self.commands[name], "--concurrency", "1")

    def kill_some(self, kills: int, *, recipients: int) -> None:
        """Kill one worker or another as the campaign goes on, each at a point of its own; in the middle, Redis too."""
        points = sorted(self.chance.uniform(0.02, 0.95) for _kill in range(kills))
        for number, point in enumerate(points):
            eventually(lambda point=point: self.arrived() >= point * recipients)  # type: ignore[misc]
            time.sleep(self.chance.random() / 20)
            name = self.chance.choice(self.workers)
            self.kill(name)
            self.start(name, *self.commands[name], "--concurrency", "1")
            if number == kills // 2:
                self._wipe_redis()

    def minutes_pass(self) -> None:
        """All workers die, and their leases run out."""
        for name in self.workers:
            self.kill(name)
        self._ask("leases_run_out()")
        for name in self.workers:
            self.start(name, *self.commands[name], "--concurrency", "1")

    def finish(self, *, recipients: int, hurried: bool) -> Outcome:
        """Wait until the campaign says that it is done, and count; `hurried`: what was put off is due at once."""
        numbers: dict[str, str] = {}

        def is_done() -> bool:
            said = self._ask(f"numbers(hurried={hurried})").split()
            numbers.update(zip(said[::2], said[1::2], strict=True))
            return numbers["state"] == "done"

        eventually(is_done, pause=2)
        arrived: dict[str, list[str]] = defaultdict(list)
        for line in self.log.read_text().splitlines():
            recipient, message_id = line.split()
            arrived[recipient].append(message_id)
        again = {one: ids for one, ids in arrived.items() if len(ids) > 1}
        may_repeat = set((self.state / "resent").read_text().split())
        repeated = {one for one, ids in again.items() if one in may_repeat and len(set(ids)) == 1}
        uncertain = int(numbers["uncertain"])
        unknown = set((self.state / "uncertain").read_text().split())
        everybody = set((self.state / "readers").read_text().split())
        return Outcome(
            recipients=recipients,
            duplicates=len(again) - len(repeated),
            repeated=len(repeated),
            missed=len(everybody - set(arrived) - unknown),
            uncertain=uncertain,
            state=numbers["state"],
            adds_up=numbers["audience"] == str(recipients) and int(numbers["sent"]) + uncertain == recipients,
        )

    def start(self, name: str, *arguments: str) -> None:
        """Start a program in a process group of its own."""
        log = (self.state / f"{name}.log").open("ab")
        self.programs[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """SIGKILL to it and its children, as a crash would."""
        program = self.programs.pop(name)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def arrived(self) -> int:
        """How many mails the mail server took."""
        return self.log.read_bytes().count(b"\n")

    def stop(self) -> None:
        """End everything that was started."""
        for name in list(self.programs):
            self.kill(name)
        self.servers.stop()

    def _wipe_redis(self) -> None:
        valkey = self.servers.by_variable["REDIS_URL"]
        assert valkey.pid is not None
        os.kill(valkey.pid, signal.SIGKILL)
        time.sleep(1)
        for file in self.state.rglob("dump.rdb"):
            file.unlink()
        self.servers.restart(valkey)

    def _ask(self, what: str) -> str:
        """Have tests/faults/crowd.py do something in this installation's database."""
        return self._run("-c", f"import django; django.setup(); from tests.faults import crowd; crowd.{what}")

    def _run(self, *arguments: str) -> str:
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "marketplace.settings"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=CHECKOUT, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout


def eventually(fact: Callable[[], bool], *, pause: float = 0.02) -> None:
    """Wait until it is true. Raises TimeoutError after a quarter of an hour."""
    deadline = time.monotonic() + PATIENCE
    while not fact():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)


def crash(
    *, recipients: int, workers: int, kills: int, kind: str, seed: int, state: Path, hurried: bool = False
) -> Outcome:
    """The whole of it. `hurried`: leases are made to run out, and the server is slow where a kill hurts most."""
    market = Crash(state, workers=workers, seed=seed, silence=SILENCE if hurried else 0.0)
    try:
        market.release(recipients=recipients, kind=kind)
        market.kill_some(kills, recipients=recipients)
        if hurried:
            market.minutes_pass()
        return market.finish(recipients=recipients, hurried=hurried)
    finally:
        market.stop()


def say(line: str) -> None:
    """To whoever has called this."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """As the head of this file says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--kind", choices=["marketing", "announcement"], default="marketing")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args(arguments)
    say(f"{wanted.recipients} readers, {wanted.workers} workers, {wanted.kills} kills, seed {wanted.seed}")
    with tempfile.TemporaryDirectory(prefix="crash-mail-") as state:
        outcome = crash(**vars(wanted), state=Path(state))
    say(f"{outcome.state}, {outcome.repeated} repeated after an unknown end, adds up: {outcome.adds_up}")
    say(outcome.line)
    return 0 if outcome.is_right and outcome.uncertain <= wanted.recipients * MOST_UNCERTAIN else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
