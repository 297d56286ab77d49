"""What tests of several apps start from."""

import pytest
from django.core.cache import cache

from privacy.models import PolicyVersion
from privacy.policies import FIRST_DATE, first_texts


@pytest.fixture
def policies(db: None) -> None:
    """The first policies, which migrations bring: also after a test that emptied all tables."""
    for kind, body in first_texts().items():
        PolicyVersion.objects.get_or_create(
            kind=kind, number=1, defaults={"body": body, "published_at": FIRST_DATE, "effective_at": FIRST_DATE}
        )


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits the log-in attempts of another."""
    cache.clear()
