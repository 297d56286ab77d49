"""The clock of tests about webhooks, and a machine that is called."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.factories import NOW
from tests.partners.hooking import Clock
from tests.partners.receiving import Receiver, receiver


@pytest.fixture
def clock(settings: Any) -> Iterator[Clock]:
    """The factories' leads are public at NOW; the loopback stands for the internet."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Iterator[Receiver]:
    with receiver() as server:
        yield server
