"""How many inquiries go out: so many a day, and one for however many presses."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.models import Member
from directory.models import Company
from offerboard.models import Inquiry, Lead, Message
from offerboard.services import inquiries as services
from tests.factories import NOW, InquiryFactory, LeadFactory
from tests.offerboard.asking import QUESTION, address, client_of, form, other_owner, sellers_lead, sending, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Lead:
    return sellers_lead()


@pytest.fixture
def buyer() -> Member:
    return other_owner()


def test_the_quota_stops_new_threads_and_keeps_the_text(lead: Lead, buyer: Member, settings: Any) -> None:
    """The answer says when it goes on."""
    settings.INQUIRIES_PER_DAY = 1
    sending(buyer, LeadFactory())()
    before = stored()

    response = client_of(buyer).post(address(lead), form())

    assert (response.status_code, stored()) == (429, before)
    assert QUESTION in response.content.decode()
    assert "please send it tomorrow" in response.content.decode()


def test_the_quota_does_not_count_what_goes_into_a_thread(lead: Lead, buyer: Member, settings: Any) -> None:
    """Nor what was begun more than a day ago, nor what others sent."""
    settings.INQUIRIES_PER_DAY = 1
    sending(buyer, LeadFactory(), now=NOW - timedelta(hours=24))()
    InquiryFactory(recipient=Company.objects.get(team__member=buyer), lead=None)

    sending(buyer, lead)()
    sending(buyer, lead, text="One more question.")()

    assert Inquiry.objects.get(lead=lead).messages.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_exceed_the_quota(buyer: Member, settings: Any) -> None:
    """The count is taken under a lock."""
    settings.INQUIRIES_PER_DAY = 5
    senders = [sending(buyer, LeadFactory()) for _lead in range(20)]

    def press(send: Callable[[], Inquiry]) -> str:
        try:
            send()
        except services.QuotaSpent:
            return "refused"
        else:
            return "sent"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(press, senders))

    assert answers == ["refused"] * 15 + ["sent"] * 5
    assert (Inquiry.objects.count(), Message.objects.count()) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_send_one_message(lead: Lead, buyer: Member) -> None:
    """Into one thread, with one mail a reader."""
    send = sending(buyer, lead)

    def press(_number: int) -> Inquiry:
        try:
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        threads = set(pool.map(press, range(10)))

    assert (len(threads), stored()) == (1, (1, 1, 2))
