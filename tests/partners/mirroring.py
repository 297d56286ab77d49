"""The mirror that the manual shows, as tests run it: against the real server, beside what the public really sees."""

import importlib.util
import json
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from django.utils import timezone

from partners.sources import sources
from tests.partners.calling import partner_caller

EXAMPLE = Path(__file__).resolve().parents[2] / "partners" / "examples" / "mirror.py"


def example() -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("mirror", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mirror"] = module
    spec.loader.exec_module(module)
    return module


def new_mirror(market: str, file: Path, *, secret: str = "") -> Any:
    """A mirror with a partner's key."""
    return example().Mirror(market, secret or partner_caller().secret, str(file))


def public(kind: str, *, at: datetime | None = None) -> dict[str, Any]:
    """What the public sees of a kind, as the API says it."""
    now, source = at or timezone.now(), sources()[kind]
    found = source.of_keys(source.public(now).values_list(source.key, flat=True), now=now)
    return {key: json.loads(text) for key, text in found.items()}


def whole(at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """All of it, kind by kind."""
    return {kind: public(kind, at=at) for kind in sources()}


def mirrored(mirror: Any, at: datetime | None = None) -> dict[str, dict[str, Any]]:
    """The same as the mirror has it."""
    return {kind: mirror.things(kind, at=at) for kind in sources()}
