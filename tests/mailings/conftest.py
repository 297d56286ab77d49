"""Mail in these tests goes over real connections."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mailings.catcher import Catcher


@pytest.fixture
def catcher(settings: Any) -> Iterator[Catcher]:
    """The server that mail goes to."""
    catcher = Catcher()
    catcher.start()
    settings.SMTP = catcher.smtp
    yield catcher
    catcher.stop()
