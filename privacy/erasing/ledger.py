"""The file that remembers who has left, outside of the database: a restored copy has forgotten it.

A line is a JSON object and names nobody: a member's number, and keyed digests (privacy.digests). It is written and
flushed to the disk before the first row is deleted, so that whatever was begun can be done again after a restore.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings

from privacy.digests import digest_now
from privacy.models import Erasure, Suppression

log = structlog.get_logger(__name__)

LIFTED = "lifted"
ACCOUNT = "account"  # what the digest of an account is made for


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure or removal."""

    request: str  # the number of the SubjectRequest
    at: str  # ISO 8601
    reason: str  # of Suppression
    member: int | None = None
    account: str = ""  # digest of what tells the account from a later one of the same number
    leads: str = Erasure.Leads.NOW.value
    successors: dict[str, int] = field(default_factory=dict)
    digests: list[list[str]] = field(default_factory=list)  # kind, key id, digest: what must not come back


def line_for(
    *,
    request: str,
    reason: Suppression.Reason,
    values: Iterable[tuple[str, str]],
    now: datetime,
    member: int | None = None,
    account: str = "",
    leads: str = Erasure.Leads.NOW.value,
    successors: dict[str, int] | None = None,
) -> Line:
    """A line about somebody; `values` are kinds of Suppression and what is to be suppressed."""
    return Line(
        request=request,
        at=now.isoformat(timespec="seconds"),
        reason=reason.value,
        member=member,
        account=digest_now(ACCOUNT, account)[1] if account else "",
        leads=leads,
        successors=successors or {},
        digests=[[str(kind), *digest_now(kind, value)] for kind, value in sorted(set(values))],
    )


def lifted(*, kind: str, digests: Sequence[str], now: datetime) -> Line:
    """A line that takes earlier ones back: whom these digests are of has come back by themselves."""
    return Line(
        request="", at=now.isoformat(timespec="seconds"), reason=LIFTED, digests=[[kind, "", one] for one in digests]
    )


def append(line: Line) -> None:
    """Add a line for good. Raises OSError where the file cannot be written: then nothing may be erased."""
    path = Path(settings.ERASURE_LEDGER)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(line), sort_keys=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # The break in front ends a line that a full disk has cut.
        if os.write(handle, f"\n{text}\n".encode()) <= len(text):
            raise OSError(f"the line was not written whole: {path}")
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def lines() -> Iterator[Line]:
    """Every line, oldest first. One that was cut belongs to an erasure that was not begun, and is passed over."""
    path = Path(settings.ERASURE_LEDGER)
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                yield Line(**json.loads(text))
            except (ValueError, TypeError):
                log.warning("ledger_line_unreadable", line=number)
