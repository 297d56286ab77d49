"""What every test of accounts starts from."""

import pytest


@pytest.fixture(autouse=True)
def terms_in_force(policies: None) -> None:
    """Whoever signs up accepts them."""
