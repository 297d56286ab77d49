"""What tests of several apps start from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from offerboard.models.lead import RANK_SEQUENCE
from partners.models import Feed
from privacy.models import PolicyVersion
from privacy.policies import FIRST_DATE, first_contents
from tests.factories import FIRST_RANK, NOW
from tests.partners.calling import Caller, member_caller

# How long an example takes says something about the machine and nothing about the product.
hypothesis_settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("tests")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """What a service posts during a test stands above all that factories posted."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s)", [RANK_SEQUENCE, FIRST_RANK])
        # Tests that commit empty all tables behind them; tests/privacy/test_consent_ledger.py switches this on again.
        cursor.execute("ALTER TABLE privacy_consentevent DISABLE TRIGGER consent_is_not_emptied")


@pytest.fixture
def policies(db: None) -> None:
    """The first policies, which migrations bring: also after a test that emptied all tables."""
    for kind, content in first_contents().items():
        dates = {"published_at": FIRST_DATE, "effective_at": FIRST_DATE}
        PolicyVersion.objects.get_or_create(kind=kind, number=1, defaults={**content, **dates})


_emptied: list[str] = []  # tests of this process that emptied all tables behind them


@pytest.fixture(autouse=True)
def what_migrations_bring(request: pytest.FixtureRequest) -> None:
    """Tests that commit begin with empty tables, and leave them to those that follow in their process.

    No market is without policies (nothing may be disclosed then), nor without its feed.
    """
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not (marker.kwargs.get("transaction") or _emptied):
        return
    request.getfixturevalue("policies")
    Feed.objects.get_or_create(pk=1)
    if marker.kwargs.get("transaction"):
        _emptied.append(request.node.nodeid)


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """No test inherits the log-in attempts of another."""
    cache.clear()


@pytest.fixture
def operator(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Who runs the market whose mails are looked at; Arabic is one of its languages, translated or not."""
    settings.SITE_NAME, settings.SITE_URL = "Savanna Trade", "https://market.example"
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    settings.OPERATOR = {
        "name": "Example Trade Ltd",
        "address": "1 Example Street, London EC1A 1AA, United Kingdom",
        "phone": "+44 20 7946 0000",
        "email": "hello@market.example",
        "privacy_email": "privacy@market.example",
    }
    settings.PRIVATE_ROOT, settings.ERASURE_LEDGER = tmp_path / "private", tmp_path / "ledger" / "erasures.jsonl"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Caller:
    """The program of a company's owner."""
    return member_caller()
