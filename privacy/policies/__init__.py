"""The first text of each policy, as a new installation publishes it; later versions are written in admin."""

from datetime import UTC, datetime
from pathlib import Path

FIRST_DATE = datetime(2026, 11, 1, tzinfo=UTC)
FOLDER = Path(__file__).parent


def first_texts() -> dict[str, str]:
    """The body of version 1 by kind of policy (see `PolicyVersion.Kind`)."""
    return {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(FOLDER.glob("*.txt"))}
