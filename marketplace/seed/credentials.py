"""The demo's passwords and its partner's key: made once for each checkout, in files that only their owner reads."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from marketplace.seed.people import DEMO_EMAILS


def read_passwords(path: Path) -> dict[str, str]:
    """Those that were kept, by role: some where the demo has got another role since; none if there is no such file."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {role: kept[role]["password"] for role in DEMO_EMAILS if role in kept}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def new_passwords() -> dict[str, str]:
    """Fresh ones, by role: short enough to type, too long to guess."""
    return {role: "-".join(secrets.token_hex(2) for _ in range(4)) for role in DEMO_EMAILS}


def keep_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    """Write {"seller": {"email": …, "password": …}, …}, readable for the owner only, whole or not at all."""
    accounts = {role: {"email": email, "password": passwords[role]} for role, email in DEMO_EMAILS.items()}
    _keep(path, json.dumps(accounts, indent=2))


def read_key(path: Path) -> str:
    """The key that was kept; "" without one."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ValueError):
        return ""


def keep_key(path: Path, secret: str) -> None:
    """Write it, readable for the owner only, whole or not at all."""
    _keep(path, f"{secret}\n")


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)
    draft.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
