"""Whom the embedded servers run as: oneself, or somebody without privileges when oneself is root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


class NoAccount(Exception):
    """Root has no unprivileged user to run the servers as."""


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess.Popen` that change the user of a child."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int
    dropped: bool  # True: we are root, and this is somebody else

    @property
    def run_as(self) -> RunAs:
        """What `subprocess.Popen` needs to start a child as this user; nothing when that is who we are."""
        return RunAs(user=self.uid, group=self.gid, extra_groups=()) if self.dropped else RunAs()

    def can_write(self, path: Path) -> bool:
        """Whether this user gets to a directory, through all its parents, and may write there."""
        return self._succeeds(["/bin/sh", "-c", 'test -w "$0"', str(path)])

    def can_run(self, program: Path, *arguments: str) -> bool:
        """Whether this user gets to a program and can start it; it is started once."""
        return self._succeeds([str(program), *arguments])

    def take(self, path: Path) -> None:
        """Make this user the owner of a file or of a whole directory, where root left something behind."""
        if not self.dropped or not path.exists():
            return
        for folder, _, files in os.walk(path):
            for found in [Path(folder), *(Path(folder) / file for file in files)]:
                self._own(found)
        if path.is_file():
            self._own(path)

    def _own(self, path: Path) -> None:
        if path.lstat().st_uid != self.uid:
            os.lchown(path, self.uid, self.gid)

    def _succeeds(self, command: Sequence[str]) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 - our own command lines
                command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, **self.run_as
            )
        except OSError:
            return False
        return done.returncode == 0


def choose_account(checkout: Path) -> Account:
    """Oneself; for root the checkout's owner, who can read it, or else `nobody`.

    PostgreSQL looks its user up by number, so a number without a name will not do.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), dropped=False)
    for uid in (checkout.stat().st_uid, _nobody()):
        if uid:
            try:
                user = pwd.getpwuid(uid)
            except KeyError:
                continue
            return Account(uid=user.pw_uid, gid=user.pw_gid, dropped=True)
    raise NoAccount("PostgreSQL and Valkey do not run as root, and this machine has no user `nobody` to run them as.")


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 0
