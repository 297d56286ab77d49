"""The first text of each policy and the map it speaks of; later versions are written and published in admin."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from privacy.marks import read_texts
from privacy.snapshot import Snapshot, digest_of

FIRST_DATE = datetime(2026, 11, 1, tzinfo=UTC)
FOLDER = Path(__file__).parent
MAP = FOLDER / "map.json"  # written by `manage.py policy_map`


def first_texts() -> dict[str, str]:
    """The body of version 1 by kind of policy (see `PolicyVersion.Kind`)."""
    return read_texts(FOLDER)


def committed_map() -> Snapshot:
    """The data map that the texts beside it speak of; a test compares it with the one in the code."""
    found: Snapshot = json.loads(MAP.read_text(encoding="utf-8"))
    return found


def as_text(snapshot: Snapshot) -> str:
    """A map as it is committed: the same text for the same map, a line for each thing it says."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def first_contents() -> dict[str, dict[str, Any]]:
    """Text, map and digest of version 1 by kind of policy; only the privacy policy has tables."""
    found = {}
    for kind, body in first_texts().items():
        data_map: Any = committed_map() if kind == "privacy" else {}
        found[kind] = {"body": body, "data_map": data_map, "digest": digest_of(body=body, snapshot=data_map)}
    return found
