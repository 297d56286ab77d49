"""Mail in these tests goes over real connections."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Member
from mailings import smtp
from offerboard.notices import APPROVED, REPLY
from tests.factories import CompanyFactory, MemberFactory
from tests.mailings.catcher import Catcher
from tests.mailings.noticing import wants


@pytest.fixture
def catcher(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catcher]:
    """The server that mail goes to; where a test lets it wait for something, it is waited for."""
    monkeypatch.setattr(smtp, "PATIENCE", 120)
    catcher = Catcher()
    catcher.start()
    settings.SMTP = catcher.smtp
    yield catcher
    catcher.stop()


@pytest.fixture
def sender(settings: Any) -> None:
    """Marketing says who sends it, with a postal address."""
    settings.OPERATOR = {**settings.OPERATOR, "name": "Example Ltd", "address": "1 Example Street, Example"}


@pytest.fixture(autouse=True)
def own_ledger(settings: Any, tmp_path: Path) -> None:
    """What must not come back is written down in a file of the test's own."""
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"


@pytest.fixture
def member() -> Member:
    """Somebody who wants one mail a day about messages and leads."""
    member = MemberFactory(company=CompanyFactory())
    for kind in (REPLY, APPROVED):
        wants(member, kind, "daily")
    return member
