"""What `make` says and does about `.venv`, in a checkout that consists of the script and a lock."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.embedded.servers import CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    shutil.copy(CHECKOUT / "requirements" / "make_venv.py", tmp_path / "requirements")
    (tmp_path / "requirements" / "dev.txt").write_text("nothing==1.0 --hash=sha256:00\n")
    (tmp_path / "bin").mkdir()
    return tmp_path


def add_python(checkout: Path, name: str, *, answer: str) -> None:
    """A program on the PATH that answers as a Python of some version would."""
    program = checkout / "bin" / name
    program.write_text(f"#!/bin/sh\nprintf '{answer}'\n")
    program.chmod(0o755)


def make_venv(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(checkout / "requirements" / "make_venv.py")],
        env=os.environ | {"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def make_whole_venv(checkout: Path, lock: str = "") -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    digest = hashlib.sha256((lock or (checkout / "requirements" / "dev.txt").read_text()).encode()).hexdigest()
    (checkout / ".venv" / "stamp").write_text(f"{digest} {checkout / '.venv'}")


def test_an_old_python_is_a_clear_error(checkout: Path) -> None:
    add_python(checkout, "python3", answer=r"3\n10\n1\n/usr/bin/python3.10\n/usr")

    done = make_venv(checkout)

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, and there is none on the PATH." in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_cannot_make_environments_is_a_clear_error(checkout: Path) -> None:
    add_python(checkout, "python3", answer=rf"3\n12\n0\n{sys.executable}\n{sys.prefix}")

    done = make_venv(checkout)

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_a_whole_environment_is_left_alone(checkout: Path) -> None:
    make_whole_venv(checkout)

    done = make_venv(checkout)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("spoil", ["lock", "stamp", "python", "place"])
def test_an_environment_that_is_not_whole_is_made_anew(checkout: Path, spoil: str) -> None:
    """That it tries to is seen from its looking for a Python, of which there is none."""
    make_whole_venv(checkout, lock="another lock" if spoil == "lock" else "")
    if spoil == "stamp":
        (checkout / ".venv" / "stamp").unlink()  # killed half way
    if spoil == "python":
        (checkout / ".venv" / "bin" / "python").unlink()
    if spoil == "place":
        moved = checkout / "moved"
        moved.mkdir()
        for name in ("requirements", ".venv", "bin"):
            shutil.move(checkout / name, moved / name)
        checkout = moved

    assert "Python 3.11 or newer is needed" in make_venv(checkout).stderr
