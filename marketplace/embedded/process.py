"""Server processes that outlive the command which started them: start, recognise, stop."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from marketplace.embedded.account import Account

PAUSE = 0.05  # seconds between two looks at a process

_children: dict[int, "subprocess.Popen[bytes]"] = {}  # kept so that our own dead children are reaped when looked at


class ServerFailed(Exception):
    """A server did not start or stop; the message ends with its last words."""


def spawn(command: Sequence[str], *, account: Account, cwd: Path, log: Path) -> int:
    """Start a server in a session of its own, so that a Ctrl-C meant for us does not reach it. Returns its pid.

    The environment is not handed on: it may hold secrets that are none of the server's business.
    """
    keep_short(log)
    environment = {"PATH": os.defpath, "HOME": str(cwd), "LC_ALL": "C", "TZ": "UTC"}
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - our own command line
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **account.run_as,
        )
    _children[child.pid] = child
    return child.pid


def is_running(pid: int | None, mark: str) -> bool:
    """Whether this process lives and its command line holds the mark; pids are used again after a restart.

    Our own children need no mark, and have none yet in the instant after they were started.
    """
    if not pid:
        return False
    if (child := _children.get(pid)) and child.poll() is None:
        return True
    return mark in _command_line(pid)


def wait_until(done: Callable[[], bool], *, seconds: float) -> bool:
    """Look until it is done or the time is over; tells which."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def comes_up(ready: Callable[[], bool], alive: Callable[[], bool], *, seconds: float) -> bool:
    """Wait while a process lives until it is ready; False if it ends, or if the time does."""
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(PAUSE)
    return False


def stop(pid: int | None, mark: str, *, politely: signal.Signals, seconds: float = 30) -> None:
    """Ask a server to end; kill it when it has not ended in time."""
    for how in (politely, signal.SIGKILL):
        if not pid or not is_running(pid, mark):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        wait_until(lambda: not is_running(pid, mark), seconds=seconds)


def read_pid(path: Path) -> int | None:
    """The process id in the first line of a pid file."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def last_words(log: Path, lines: int = 8) -> str:
    """The end of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def keep_short(log: Path, most: int = 5_000_000) -> None:
    """Put a log of more than `most` bytes aside as `.1`."""
    if log.exists() and log.stat().st_size > most:
        log.replace(log.with_name(f"{log.name}.1"))


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    answer = subprocess.run(  # noqa: S603 - a number
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout
