"""What tests of privacy start from."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def ledger_file(settings: Any, tmp_path: Path) -> Path:
    """A ledger of erasures of this test's own: members of another test have the same numbers."""
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"
    return Path(settings.ERASURE_LEDGER)
