"""Runs a few programs together: starts them in order, waits until each is ready, restarts what dies, stops all.

Each program leads a process group of its own, so that a Ctrl-C reaches the supervisor alone, which then stops the
programs in reverse order. On Linux they also end when the supervisor is killed.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from marketplace.embedded.account import RunAs
from marketplace.embedded.process import keep_short, last_words

PAUSE = 0.1  # seconds between two looks at the programs
STEADY = 60.0  # seconds after which a program counts as well again
SLOWEST_RESTART = 30.0  # seconds
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class NotReady(Exception):
    """A program did not become ready; the message ends with its last words."""


class StopRequested(Exception):
    """Somebody asked to stop while things were being started."""


@dataclass
class Program:
    """A program to keep running.

    `patience`: seconds until it must be ready; `grace`: seconds from asking it to end to killing it.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True
    patience: float = 60
    grace: float = 10
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started: float = field(default=0, init=False)
    failures: int = field(default=0, init=False)
    restart_at: float = field(default=0, init=False)


@dataclass(frozen=True)
class Watched:
    """Something that runs on its own and is started again when it is gone."""

    name: str
    alive: Callable[[], bool]
    start: Callable[[], object]


class Supervisor:
    """Keeps programs running until it is told to stop, by a signal."""

    def __init__(
        self, *, environment: Mapping[str, str], run_as: RunAs, directory: Path, logs: Path, say: Callable[[str], None]
    ) -> None:
        """`directory`: the programs' working directory; `say`: tells people what happens."""
        self.environment = environment
        self.run_as = run_as
        self.directory = directory
        self.logs = logs
        self.say = say
        self.stages: list[Sequence[Program]] = []
        self.watched: list[Watched] = []
        self._signals = 0

    @property
    def programs(self) -> list[Program]:
        """All of them, in the order in which they were started."""
        return [program for stage in self.stages for program in stage]

    def listen(self, *, until_parent_ends: bool = False) -> None:
        """Stop at Ctrl-C, SIGTERM and the terminal's end; optionally also when our parent process dies (Linux)."""
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(how, self._note_signal)
        if until_parent_ends:
            parent = os.getppid()
            end_with_parent()
            if os.getppid() != parent:
                self._signals += 1

    def run_once(self, name: str, command: Sequence[str]) -> None:
        """Run a program to its end. Raises NotReady if it fails, StopRequested when asked to stop meanwhile."""
        program = Program(name, command)
        self._spawn(program)
        while program.process is not None and program.process.poll() is None:
            if self._signals:
                self._end([program])
            self._raise_if_stopping()
            time.sleep(PAUSE)
        if program.process is None or program.process.returncode:
            raise NotReady(self._failure(program))

    def start(self, *programs: Program) -> None:
        """Start programs side by side and wait until each is ready. Raises NotReady, StopRequested."""
        self.stages.append(programs)
        for program in programs:
            self._spawn(program)
        waiting = list(programs)
        while waiting:
            self._raise_if_stopping()
            for program in self.programs:
                late = program in waiting and time.monotonic() > program.started + program.patience
                if late or program.process is None or program.process.poll() is not None:
                    raise NotReady(self._failure(program))
            waiting = [program for program in waiting if not program.ready()]
            time.sleep(PAUSE)

    def look_after(self, name: str, alive: Callable[[], bool], start: Callable[[], object]) -> None:
        """While watching, also start this again when it is not alive; stopping it is its owner's business."""
        self.watched.append(Watched(name, alive, start))

    def watch(self) -> None:
        """Restart what dies until a signal says to stop."""
        looked = time.monotonic()
        while not self._signals:
            for program in self.programs:
                self._look_after(program)
            if time.monotonic() - looked > 1:
                looked = time.monotonic()
                for server in self.watched:
                    self._look_after_server(server)
            time.sleep(PAUSE)

    def stop(self) -> None:
        """End the programs; what was started together ends together, the last first. A second signal kills at once."""
        while self.stages:
            self._end(self.stages.pop())

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _raise_if_stopping(self) -> None:
        if self._signals:
            raise StopRequested

    def _spawn(self, program: Program) -> None:
        log = self.logs / f"{program.name}.log"
        keep_short(log)
        program.started = time.monotonic()
        with log.open("ab") as output:
            program.process = subprocess.Popen(  # noqa: S603 - our own command lines
                program.command,
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
                **self.run_as,
            )

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is None:
            if now >= program.restart_at:
                self._spawn(program)
        elif (code := program.process.poll()) is not None:
            _kill_group(program.process.pid)
            program.failures = 1 if now - program.started > STEADY else program.failures + 1
            wait = min(2.0 ** (program.failures - 1), SLOWEST_RESTART)
            self.say(f"{program.name} ended ({_ending(code)}); starting it again in {wait:.0f} s.")
            program.process, program.restart_at = None, now + wait

    def _look_after_server(self, server: Watched) -> None:
        if not server.alive():
            self.say(f"{server.name} ended; starting it again.")
            try:
                server.start()
            except Exception as error:  # noqa: BLE001 - whatever went wrong, the next look tries again
                self.say(str(error))

    def _end(self, programs: Sequence[Program]) -> None:
        """Ask all to end, wait for each as long as it may take, kill what is left of their groups."""
        alive = [program for program in programs if program.process]
        for program in alive:
            if program.process:
                with contextlib.suppress(ProcessLookupError):
                    program.process.terminate()
        asked = time.monotonic()
        for program in alive:
            while program.process and program.process.poll() is None:
                if time.monotonic() > asked + program.grace or self._signals > 1:
                    break
                time.sleep(PAUSE)
            if program.process:
                _kill_group(program.process.pid)
                program.process.wait()

    def _failure(self, program: Program) -> str:
        code = program.process.poll() if program.process else None
        what = f"ended ({_ending(code)})" if code is not None else f"was not ready after {program.patience:.0f} s"
        log = self.logs / f"{program.name}.log"
        return f"{program.name} {what}. The end of {log}:\n{last_words(log, 20)}"


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies; Linux only, elsewhere nothing happens."""
    if _prctl:
        _prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


# Looked up before any fork: the child may only call what is already loaded.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
