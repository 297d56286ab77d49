"""The passwords of the demo's accounts: made once for each checkout, kept in a file that only its owner reads."""

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
    path.parent.mkdir(parents=True, exist_ok=True)
    accounts = {role: {"email": email, "password": passwords[role]} for role, email in DEMO_EMAILS.items()}
    draft = path.with_suffix(".new")
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        json.dump(accounts, file, indent=2)
    draft.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
