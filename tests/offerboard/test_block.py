"""A company that no longer wants to hear from another blocks it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Block, Inquiry, Lead, Message
from offerboard.services import inquiries as services
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory, MessageFactory
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db
WORDS = "May I ask once more?"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def inquiry() -> Inquiry:
    """A thread between two companies with an owner each."""
    inquiry = InquiryFactory()
    MemberFactory(company=inquiry.sender, email="buyer@example.com")
    MemberFactory(company=inquiry.recipient, email="seller@example.com")
    MessageFactory(inquiry=inquiry)
    return inquiry


def client_of(email: str) -> Client:
    """That person's browser."""
    client = Client()
    client.force_login(Member.objects.get(email=email))
    return client


def press(inquiry: Inquiry, verb: str, email: str = "seller@example.com") -> Any:
    """Press Block or Unblock in the thread."""
    return client_of(email).post(reverse(f"offerboard:{verb}", args=[inquiry.pk]))


def form() -> dict[str, str]:
    """A filled-in message."""
    return {"submission": str(uuid4()), "text": WORDS}


def stored() -> tuple[int, int, int]:
    """How many threads, messages and mails there are."""
    return Inquiry.objects.count(), Message.objects.count(), Delivery.objects.count()


def test_blocking_is_remembered_once(inquiry: Inquiry) -> None:
    """However often it is pressed."""
    for _press in range(2):
        response = press(inquiry, "block")

    assert response.headers["Location"] == inquiry.get_absolute_url()
    assert list(Block.objects.values_list("company", "blocked")) == [(inquiry.recipient_id, inquiry.sender_id)]


def test_blocking_asks_once(inquiry: Inquiry) -> None:
    """It cuts the other company off, and a half-written reply is lost."""
    page = client_of("seller@example.com").get(inquiry.get_absolute_url()).content.decode()

    before, asked = page.split('<details class="row-more">')
    asked, after = asked.split("</details>")
    address = f'action="{reverse("offerboard:block", args=[inquiry.pk])}"'
    assert [address in part for part in (before, asked, after)] == [False, True, False]
    assert "a reply that you have not sent is lost" in asked
    assert asked.count(">Block<") == 2


def test_a_blocked_company_cannot_go_on_with_the_thread(inquiry: Inquiry) -> None:
    """It is told so in neutral words, keeps its text, and nothing is stored."""
    press(inquiry, "block")
    before = stored()

    page = client_of("buyer@example.com").post(inquiry.get_absolute_url(), form()).content.decode()

    assert stored() == before
    assert WORDS in page
    assert "This company does not take messages from your company at the moment. Nothing was sent." in page
    assert "block" not in page.split('<form class="reply')[0].split('role="alert"')[1].lower()


def test_a_blocked_company_cannot_begin_another_thread(inquiry: Inquiry) -> None:
    """Neither about another lead nor in general."""
    press(inquiry, "block")
    before, client = stored(), client_of("buyer@example.com")
    lead = LeadFactory(company=inquiry.recipient)

    about_lead = client.post(reverse("offerboard:inquire", args=[lead.slug]), form())
    in_general = client.post(
        reverse("offerboard:inquire_company", args=[inquiry.recipient.slug]), form() | {"subject": "Hello"}
    )

    for response in (about_lead, in_general):
        assert WORDS in response.content.decode()
        assert "Nothing was sent." in response.content.decode()
    assert stored() == before


def test_the_blocker_unblocks_before_it_writes(inquiry: Inquiry) -> None:
    """The other company could not answer; the thread offers no form."""
    press(inquiry, "block")
    before, client = stored(), client_of("seller@example.com")

    page = client.get(inquiry.get_absolute_url()).content.decode()
    client.post(inquiry.get_absolute_url(), form())
    response = client.post(reverse("offerboard:inquire", args=[LeadFactory(company=inquiry.sender).slug]), form())

    assert 'name="text"' not in page
    assert "Unblock it first" in response.content.decode()
    assert stored() == before


def test_others_can_still_write(inquiry: Inquiry) -> None:
    """A block is between two companies."""
    press(inquiry, "block")
    MemberFactory(company=CompanyFactory(), email="third@example.com")

    client_of("third@example.com").post(reverse("offerboard:inquire", args=[Lead.objects.get().slug]), form())

    assert stored() == (2, 2, 1)


def test_unblocking_lets_the_thread_go_on(inquiry: Inquiry) -> None:
    """As if nothing had been."""
    press(inquiry, "block")
    press(inquiry, "unblock")

    client_of("buyer@example.com").post(inquiry.get_absolute_url(), form())

    assert (Block.objects.count(), stored()) == (0, (1, 2, 1))


def test_unblocking_does_not_lift_the_other_sides_block(inquiry: Inquiry) -> None:
    """Each side decides for itself."""
    press(inquiry, "block")

    press(inquiry, "unblock", "buyer@example.com")

    assert list(Block.objects.values_list("company", flat=True)) == [inquiry.recipient_id]


@pytest.mark.parametrize("verb", ["block", "unblock"])
def test_a_viewer_may_not_decide(inquiry: Inquiry, verb: str) -> None:
    """Viewers read."""
    if verb == "unblock":
        press(inquiry, "block")
    MemberFactory(company=inquiry.recipient, email="viewer@example.com", role=TeamMember.Role.VIEWER)
    before = list(Block.objects.values())

    response = press(inquiry, verb, "viewer@example.com")

    assert (response.status_code, list(Block.objects.values())) == (403, before)


@pytest.mark.parametrize("verb", ["block", "unblock"])
def test_a_stranger_cannot_find_the_thread(inquiry: Inquiry, verb: str) -> None:
    """And blocks nobody by guessing."""
    MemberFactory(company=CompanyFactory(), email="stranger@example.com")

    assert (press(inquiry, verb, "stranger@example.com").status_code, Block.objects.count()) == (404, 0)


@pytest.mark.parametrize("verb", ["block", "unblock"])
def test_a_link_changes_nothing(inquiry: Inquiry, verb: str) -> None:
    """Only the button does."""
    response = client_of("seller@example.com").get(reverse(f"offerboard:{verb}", args=[inquiry.pk]))

    assert (response.status_code, Block.objects.count()) == (405, 0)


# --- on two connections at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["reply", "send_inquiry"])
@pytest.mark.parametrize("fact", ["Blocked", "StillBlocking", "CompanySuspended"])
def test_what_is_decided_while_a_message_is_on_its_way_counts(inquiry: Inquiry, fact: str, verb: str) -> None:
    """The message waits for whoever holds one of the two companies, and looks afterwards."""
    sender, recipient, before = inquiry.sender, inquiry.recipient, stored()
    author = Member.objects.get(email="buyer@example.com")
    words: dict[str, Any] = {"author": author, "text": WORDS, "submission": uuid4(), "now": NOW}

    def press() -> str:
        try:
            if verb == "reply":
                services.reply(inquiry=inquiry, company=sender, **words)
            else:
                services.send_inquiry(sender=sender, recipient=recipient, lead=None, subject="Hello", **words)
        except (services.Blocked, services.StillBlocking, services.CompanySuspended) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            held = Company.objects.select_for_update(no_key=True).get(pk=recipient.pk)
            pressed = threads.submit(press)
            wait_for(pressed)
            if fact == "Blocked":
                Block.objects.create(company=recipient, blocked=sender, blocked_at=NOW)
            elif fact == "StillBlocking":
                Block.objects.create(company=sender, blocked=recipient, blocked_at=NOW)
            else:
                Company.objects.filter(pk=held.pk).update(state=Company.State.SUSPENDED)
        answer = pressed.result()

    assert (answer, stored()) == (fact, before)


@pytest.mark.django_db(transaction=True)
def test_a_block_waits_for_the_message_that_is_on_its_way(inquiry: Inquiry) -> None:
    """So that it is on one side of every message: none is stored after it."""

    def press() -> str:
        try:
            services.block_company(company=inquiry.recipient, blocked=inquiry.sender, now=NOW)
        finally:
            connection.close()
        return "blocked"

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Company.objects.select_for_update(no_key=True).get(pk=inquiry.sender_id)
            pressed = threads.submit(press)
            wait_for(pressed)
            during = Block.objects.count()
        answer = pressed.result()

    assert (during, answer, Block.objects.count()) == (0, "blocked", 1)
