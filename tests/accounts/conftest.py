"""What every test of accounts starts from."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    """No test inherits the log-in attempts of another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def terms_in_force(policies: None) -> None:
    """Whoever signs up accepts them."""
