"""Makes `.venv` from the lock `requirements/dev.txt`, once per lock. Runs under any Python from 3.7, from the Makefile.

A stamp written last says for which lock and place the environment was made whole; without it, it is made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NAMES = ("python3.13", "python3.12", "python3.11", "python3", "python3.14", "python3.15")
CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "requirements" / "dev.txt"
# Prints what a candidate is: its version, whether it can make environments, and every directory it needs to read.
ASK = """
import importlib.util, os, sys
can = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
print(*sys.version_info[:2], int(can), os.path.realpath(sys.executable), os.path.realpath(sys.base_prefix), sep="\\n")
"""


def main() -> None:
    """Leave a whole environment, or end with a message that says what is missing."""
    wanted = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {VENV}"
    with (CHECKOUT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make demo` and `make test` at once make one environment
        if is_whole(wanted):
            return
        python = find_python()
        print(f"Making .venv with {python} ...", flush=True)
        make_venv(python)
        (VENV / "stamp").write_text(wanted)


def is_whole(wanted: str) -> bool:
    """Whether the environment was finished for this lock, at this place, and its Python is still there."""
    try:
        stamp = (VENV / "stamp").read_text()
    except OSError:
        return False
    return stamp == wanted and run(str(VENV / "bin" / "python"), "-c", "") is not None


def make_venv(python: str) -> None:
    """Install the lock's wheels, each compared with its hash."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [python, "-m", "venv", str(VENV)],
        [*pip, "--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement", str(LOCK)],
    ):
        if subprocess.call(command) != 0:
            sys.exit("Could not make .venv: the command above failed. Run make again when its reason is gone.")


def find_python() -> str:
    """The best Python on the PATH; for root rather one that other users can run, since the demo gives up its rights."""
    found = []
    for directory in os.get_exec_path():
        for name in NAMES:
            answer = run(str(Path(directory) / name), "-c", ASK)
            if answer:
                major, minor, can, *places = answer.split("\n")
                version = (int(major), int(minor))
                if version >= OLDEST:
                    closed = os.geteuid() == 0 and not all(open_to_all(place) for place in places)
                    found.append((can != "1", closed, NAMES.index(name), places[0]))
    if not found:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, and there is none on the PATH. "
            "Install it (Debian, Ubuntu: apt install python3 python3-venv) and run make again."
        )
    without_venv, _, _, python = min(found)
    if without_venv:
        sys.exit(
            f"{python} cannot make virtual environments: its modules venv and ensurepip are missing. "
            "Install them (Debian, Ubuntu: apt install python3-venv) and run make again."
        )
    return python


def open_to_all(place: str) -> bool:
    """Whether every user can get to a path."""
    path = Path(place)
    return all(step.stat().st_mode & 0o001 for step in [path, *path.parents])


def run(*command: str) -> str | None:
    """What a command prints; None if it cannot be run or fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    main()
