"""What comes back when a campaign is over moves in its figures, once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from mailings.delivery import campaigns as running
from mailings.models import Campaign, Delivery, MailReport
from mailings.returning.consequences import take_report
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, figures, fresh, release, send_all, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import at, mails
from tests.mailings.returning import DOMAIN, postfix

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today(settings: Any) -> Iterator[None]:
    settings.BOUNCE_DOMAIN = DOMAIN
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def done(catcher: Catcher) -> Campaign:
    """A campaign that two people got."""
    for email in ("amara@example.com", "kofi@example.com"):
        agree(MemberFactory(email=email))
    campaign = release(write())
    send_all()
    return fresh(campaign)


def amaras() -> Delivery:
    return Delivery.objects.get(to="amara@example.com")


def take(*raws: bytes) -> None:
    for raw in raws:
        take_report(raw=raw, source=MailReport.Source.MAILDIR, now=NOW + timedelta(days=1))


def test_a_mail_that_came_back_moves_from_sent_to_bounced_once(done: Campaign) -> None:
    """The same message again, or another about the same mail, moves nothing more."""
    row = amaras()

    take(postfix(row), postfix(row), postfix(row, number="another"))

    assert figures(done) == {"audience": 2, "sent": 1, "bounced": 1}


def test_one_that_was_uncertain_is_known_now(done: Campaign) -> None:
    Delivery.objects.filter(to="amara@example.com").update(state="uncertain")
    Campaign.objects.update(sent=1, uncertain=1)

    take(postfix(amaras()))

    assert figures(done) == {"audience": 2, "sent": 1, "bounced": 1}


def test_one_that_was_uncertain_at_the_end_and_sent_after_it_is_taken_from_the_uncertain(done: Campaign) -> None:
    """A worker that was thought dead wrote it down late."""
    Delivery.objects.exclude(to="amara@example.com").update(state="bounced")
    Campaign.objects.update(sent=0, bounced=1, uncertain=1)

    take(postfix(amaras()))

    assert figures(done) == {"audience": 2, "bounced": 2}


def test_a_delay_and_a_forged_message_move_nothing(done: Campaign) -> None:
    take(postfix(amaras(), action="delayed", status="4.4.7"), postfix(amaras(), to="x@example.com"))

    assert figures(done) == {"audience": 2, "sent": 2}


def test_while_it_is_being_sent_it_is_counted_at_the_end() -> None:
    """Its figures are not there yet."""
    campaign = at("sending")
    mails(campaign, "sent", to="amara@example.com")
    mails(campaign, "sent")
    mails(campaign, "pending")

    take(postfix(amaras()))
    during = figures(campaign)
    Delivery.objects.filter(state="pending").update(state="sent", ended_at=NOW)
    running.advance(now=NOW)

    assert (during, fresh(campaign).state) == ({}, "done")
    assert figures(campaign) == {"audience": 3, "sent": 2, "bounced": 1}
