"""What the directory's tests share: the clock stands still, nothing is registered, files go to a place of their own."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from directory import registry
from tests.factories import NOW


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """Views ask the clock; here it always says the same."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def bare_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory alone, as if no higher app had registered anything."""
    for name in ("_panels", "_category_panels", "_category_measures", "_actions", "_controls", "_followers"):
        monkeypatch.setattr(registry, name, {})


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """Where uploads of this test end up."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def templates(settings: Any, tmp_path: Path) -> Path:
    """A directory in which a test can put templates of its own."""
    folder = tmp_path / "templates"
    folder.mkdir()
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], folder]}]
    return folder
