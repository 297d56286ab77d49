"""The clock of tests about leads."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
