"""The directory that holds the state of one local installation: data, logs, secrets, locks."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from marketplace.embedded.account import Account

REFUGE = Path("/var/lib")  # where root keeps the state when the servers' user cannot get to the checkout
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limits are 107 (Linux) and 103 (macOS)


class PlaceUnusable(Exception):
    """The state directory cannot be used; the message says why and what to do."""


class Place:
    """A state directory, known by its real path, with the parts that the servers' user owns."""

    def __init__(self, state: Path, account: Account) -> None:
        """Make the directory when it is missing.

        Raises PlaceUnusable when it belongs to another user.
        """
        self.account = account
        try:
            self.root = _settle(state, account)
            self.logs = _directory(self.root / "logs")
            self.run = self.own("run")
        except PermissionError as error:
            raise PlaceUnusable(
                f"{state} belongs to another user ({error}). Run this command as that user, or remove the directory."
            ) from error

    def own(self, name: str) -> Path:
        """A directory of the state that only the servers' user enters (and root)."""
        path = _directory(self.root / name)
        path.chmod(0o700)
        if self.account.dropped and path.stat().st_uid != self.account.uid:
            self.account.take(path)
        return path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time starts or stops servers."""
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def lease(self) -> IO[str]:
        """Say that this process uses the servers, for as long as the file stays open."""
        lease = (self.root / "users").open("a")
        fcntl.flock(lease, fcntl.LOCK_SH)
        return lease

    def give_up(self, lease: IO[str]) -> bool:
        """End a lease; True if it was the last one. Call it, like `lease`, while holding `locked`."""
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            lease.close()
        return True

    def note(self, name: str) -> str | None:
        """What was noted under this name: a port, a path."""
        return self._notes().get(name)

    def write_note(self, name: str, value: str) -> None:
        """Note a value for later starts, in a file that only its owner reads."""
        write_private(self.root / "servers.json", json.dumps(self._notes() | {name: value}, indent=2))

    def secret(self, name: str) -> str:
        """The secret of this name, 32 random bytes as text safe in URLs; made at the first call."""
        if (known := self.note(name)) is None:
            known = secrets.token_urlsafe(32)
            self.write_note(name, known)
        return known

    def socket_directory(self) -> Path:
        """Where PostgreSQL puts its socket: in the state, or in a private directory of /tmp if the path is too long."""
        if len(os.fsencode(self.run / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
            return self.run
        if (known := self.note("socket_directory")) and _is_private(Path(known), self.account):
            return Path(known)
        made = Path(tempfile.mkdtemp(prefix="trade-leads-", dir="/tmp"))
        if self.account.dropped:
            os.chown(made, self.account.uid, self.account.gid)
        self.write_note("socket_directory", str(made))
        return made

    def _notes(self) -> dict[str, str]:
        try:
            notes: dict[str, str] = json.loads((self.root / "servers.json").read_text())
        except FileNotFoundError:
            return {}
        return notes


def write_private(path: Path, text: str, reader: Account | None = None) -> None:
    """Write a whole file or nothing of it, readable by its owner only; `reader` becomes the owner."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w") as file:
        file.write(text)
        if reader and reader.dropped:
            os.fchown(handle, reader.uid, reader.gid)
    Path(temporary).replace(path)


def _settle(state: Path, account: Account) -> Path:
    """The state's real path. Below a closed directory such as /root, `.local` becomes a link to a place in REFUGE.

    Opening the parents to the servers' user instead would open what else they hold.
    """
    if state.is_symlink() and not state.exists():
        state.unlink()
    root = _directory(state).resolve()
    if not account.dropped:
        root.chmod(0o700)
        return root
    if not _fits(root, account):
        refuge = REFUGE / f"trade-leads-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}"
        if refuge.exists():
            shutil.rmtree(root / "run", ignore_errors=True)
            _bring_along(root, refuge)
            root.rmdir()
        else:
            shutil.move(root, refuge)
        state.symlink_to(refuge)
        root = refuge
        if not _fits(root, account):
            raise PlaceUnusable(f"User {account.uid} cannot write to {refuge}. Run this command as an ordinary user.")
    # The servers' user adds files of its own, but cannot replace root's: hence the sticky bit.
    os.chown(root, 0, account.gid)
    root.chmod(0o1770)
    return root


def _bring_along(root: Path, refuge: Path) -> None:
    """What a new checkout at an old one's address has made meanwhile. Raises PlaceUnusable, and moves nothing twice."""
    for entry in root.iterdir():
        if entry.is_symlink():  # to a refuge of its own; whoever needs it makes it anew
            entry.unlink()
        elif not (refuge / entry.name).exists():
            shutil.move(entry, refuge / entry.name)
        else:
            raise PlaceUnusable(
                f"{entry} and {refuge / entry.name} are both there. Delete the one that you do not need."
            )


def _fits(root: Path, account: Account) -> bool:
    """Whether the servers' user gets to a directory of its own below root; false too where owners cannot change."""
    os.chown(root, 0, account.gid)
    root.chmod(0o1770)
    probe = _directory(root / "run")
    try:
        os.chown(probe, account.uid, account.gid)
    except PermissionError:
        return False
    return account.can_write(probe)


def _directory(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _is_private(path: Path, account: Account) -> bool:
    if path.is_symlink() or not path.is_dir():
        return False
    found = path.stat()
    return found.st_uid == account.uid and found.st_mode & 0o077 == 0
