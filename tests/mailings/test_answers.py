"""What servers say about a person goes when the person goes: elsewhere it is kept without their address."""

from collections.abc import Iterator
from importlib import import_module

import pytest
import time_machine
from django.db import connection

from mailings.delivery import budgets, tallies
from mailings.models import Campaign, Delivery, DomainBudget
from privacy.selectors.suppression import is_suppressed
from tests.factories import NOW
from tests.mailings.campaigning import ends, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_an_answer_with_signs_that_cannot_be_stored_ends_its_mail_and_no_workers_shift(catcher: Catcher) -> None:
    """Of several lines one is made."""
    subscriber("amara@example.com")
    subscriber("kofi@example.com")
    catcher.on_recipient = lambda address: "550-5.1.1 no\x00body\r\n550 5.1.1 here" if "amara" in address else None

    campaign = release(write())
    send_all()

    assert ends(campaign) == {"amara@example.com": "bounced", "kofi@example.com": "sent"}
    assert Delivery.objects.get(to="amara@example.com").error == "550 5.1.1 no body 5.1.1 here"
    assert is_suppressed("email", "amara@example.com")


def test_why_a_campaign_stopped_is_kept_without_whom_the_server_named(
    catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "BREAKER", 1)
    subscriber("amara@example.com")
    catcher.on_recipient = lambda address: f"550 5.7.1 <{address}>: {address} is blocked"

    campaign = release(write())
    send_all()

    assert fresh(campaign).halt == "no server takes its mails: 550 5.7.1 <…>: … is blocked"


def test_what_a_slow_domain_answered_is_kept_without_whom_it_named(
    catcher: Catcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "ENOUGH", 1)
    subscriber("amara@slow.example")
    catcher.on_recipient = lambda address: f"451 4.7.1 <{address}>: slowly"

    release(write())
    send_all()

    assert DomainBudget.objects.get().answer == "451 4.7.1 <…>: slowly"


def test_what_an_older_release_has_kept_loses_them_too() -> None:
    stopped, well = at("paused"), at("paused")
    Campaign.objects.filter(pk=stopped.pk).update(halt="no: 550 5.7.1 <amara@example.com>: blocked")
    Campaign.objects.filter(pk=well.pk).update(halt="no: 550 blocked")
    DomainBudget.objects.create(domain="slow.example", per_minute=30, minute=NOW, answer="451 kofi@slow.example: wait")
    migration = import_module("mailings.migrations.0012_answers_without_addresses").Migration

    with connection.cursor() as cursor:
        for step in migration.operations:
            cursor.execute(step.sql)

    assert (fresh(stopped).halt, fresh(well).halt) == ("no: 550 5.7.1 <…>: blocked", "no: 550 blocked")
    assert DomainBudget.objects.get().answer == "451 …: wait"
