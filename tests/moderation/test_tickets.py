"""The contact page files numbered tickets, and staff answer them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client

from mailings.models import Delivery
from moderation import services
from moderation.models import Ticket, TicketReply
from privacy.cookieless import SALT
from tests.factories import NOW, MemberFactory

pytestmark = pytest.mark.django_db
WORDS = "I cannot log in since yesterday."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """A fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


def form(**changes: str) -> dict[str, str]:
    """A filled-in form."""
    return {
        "form_token": signing.dumps("contact", salt=SALT),
        "submission": str(uuid4()),
        "kind": "support",
        "name": "Vera Bello",
        "email": "vera@example.com",
        "text": WORDS,
        **changes,
    }


def opening(**changes: Any) -> Callable[[], Ticket]:
    """The service with everything filled in."""
    defaults = {
        "kind": "support",
        "name": "Vera Bello",
        "email": "vera@example.com",
        "text": WORDS,
        "member": None,
        "submission": uuid4(),
        "language": "en",
        "now": NOW,
    }
    return partial(services.open_ticket, **{**defaults, **changes})


def stored() -> tuple[int, int]:
    """Tickets and mails."""
    return Ticket.objects.count(), Delivery.objects.count()


def test_a_message_becomes_a_ticket_whose_number_is_shown_and_sent() -> None:
    """Without an account and without a cookie."""
    client = Client(enforce_csrf_checks=True)

    client.get("/contact/")
    response = client.post("/contact/", form(), headers={"Sec-Fetch-Site": "same-origin"})

    ticket, mail = Ticket.objects.get(), Delivery.objects.get()
    assert ticket.reference == f"T-{ticket.number:06d}"
    assert (ticket.text, ticket.member, ticket.state, ticket.opened_at) == (WORDS, None, "open", NOW)
    assert ticket.reference in response.content.decode()
    assert (mail.to, mail.subject) == ("vera@example.com", f"{ticket.reference}: we have your message")
    assert len(client.cookies) == 0


def test_the_mail_repeats_nothing_that_was_typed() -> None:
    """Anybody can type anybody's address; our mail must not carry their words there."""
    opening(name="Cheap pills", text="Buy at https://spam.example")()

    mail = Delivery.objects.get()
    for body in (mail.subject, mail.text, mail.html):
        assert "pills" not in body
        assert "spam.example" not in body


def test_a_member_finds_name_and_address_filled_in() -> None:
    """And the ticket remembers who it was."""
    member, client = MemberFactory(full_name="Amara Okonkwo", email="amara@example.com"), Client()
    client.force_login(member)

    page = client.get("/contact/").content.decode()
    client.post("/contact/", form())

    assert 'value="Amara Okonkwo"' in page
    assert 'value="amara@example.com"' in page
    assert Ticket.objects.get().member == member


def test_a_double_press_files_once() -> None:
    """With one mail and the same number both times."""
    filled = form()

    pages = [Client().post("/contact/", filled).content.decode() for _press in range(2)]

    assert stored() == (1, 1)
    assert all(Ticket.objects.get().reference in page for page in pages)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"email": "nobody"},
        {"kind": "gossip"},
        {"text": "x" * 8001},
        {"homepage": "https://spam.example"},
        {"form_token": ""},
        {"submission": ""},
    ],
)
def test_a_message_that_cannot_be_filed_comes_back_with_its_text(changes: dict[str, str]) -> None:
    """Nothing typed is lost, nothing is stored or sent."""
    response = Client().post("/contact/", form(**changes))

    assert (response.status_code, stored()) == (200, (0, 0))
    assert changes.get("text", WORDS) in response.content.decode()


def test_one_address_can_be_written_to_five_times_a_day() -> None:
    """The sixth message is kept in the form and says why; the next day it goes."""
    for _message in range(5):
        opening(email="Vera@example.com")()
    before = stored()

    response = Client().post("/contact/", form())

    assert (response.status_code, stored()) == (429, before)
    assert WORDS in response.content.decode()
    opening(now=NOW + timedelta(days=1, seconds=1))()
    assert Ticket.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_ten_messages_at_once_do_not_pass_the_limit() -> None:
    """They are counted one after the other."""

    def press(open_ticket: Callable[[], Ticket]) -> str:
        try:
            open_ticket()
        except services.TooManyTickets:
            return "refused"
        else:
            return "filed"
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(press, [opening() for _message in range(10)]))

    assert answers == ["filed"] * 5 + ["refused"] * 5


def test_the_page_says_who_runs_the_market(settings: Any) -> None:
    """Postal address, telephone, hours and the address for privacy are settings."""
    settings.OPERATOR = {
        "name": "Harbour Trade Cooperative",
        "address": "1 Quay Street\nMombasa",
        "phone": "+254 41 222 5555",
        "hours": "Monday to Friday, 8 to 17",
        "email": "desk@example.org",
        "privacy_email": "privacy@example.org",
    }

    page = Client().get("/contact/").content.decode()

    for words in (
        "Harbour Trade Cooperative",
        "1 Quay Street<br>Mombasa",
        "+254 41 222 5555",
        "Monday to Friday, 8 to 17",
    ):
        assert words in page
    assert 'href="mailto:privacy@example.org"' in page


def test_the_page_names_the_data_protection_officer_where_there_is_one(settings: Any) -> None:
    without = Client().get("/contact/").content.decode()
    settings.OPERATOR_DPO = "Ines <Duarte>, dpo@example.org"

    page = Client().get("/contact/").content.decode()

    assert "Data protection officer" not in without
    assert "<dt>Data protection officer</dt><dd><bdi>Ines &lt;Duarte&gt;, dpo@example.org</bdi></dd>" in page


def answering(ticket: Ticket, **changes: Any) -> Callable[[], TicketReply]:
    """The answer of somebody on the staff."""
    said = {"text": "Please try again now.", "submission": uuid4(), "language": "en", "now": NOW}
    return partial(services.answer_ticket, **{"ticket": ticket, **said, **changes})


def test_an_answer_is_kept_and_sent() -> None:
    """To the address of the ticket, with what was asked."""
    ticket, staff = opening()(), MemberFactory(is_staff=True, email="staff@example.com")

    answering(ticket, author=staff)()

    mail = Delivery.objects.get(template="ticket_answered")
    ticket.refresh_from_db()
    assert (ticket.state, TicketReply.objects.get().author) == ("answered", staff)
    assert (mail.to, mail.subject) == ("vera@example.com", f"{ticket.reference}: our answer")
    for words in ("Please try again now.", WORDS):
        assert words in mail.text
        assert words in mail.html
    assert "staff@example.com" not in mail.text + mail.html


def test_of_two_clicks_one_answers() -> None:
    """The second is told of the same answer; another answer goes out as well."""
    ticket, staff = opening()(), MemberFactory(is_staff=True)
    press = answering(ticket, author=staff)

    first, second = press(), press()
    other = answering(ticket, author=staff, text="One thing more.")()

    assert first == second
    assert list(ticket.replies.order_by("pk")) == [first, other]
    assert Delivery.objects.filter(template="ticket_answered").count() == 2


def test_an_answer_leaves_a_closed_ticket_closed() -> None:
    """Staff had the last word."""
    ticket = opening()()
    Ticket.objects.update(state="closed")

    answering(ticket, author=MemberFactory(is_staff=True))()

    ticket.refresh_from_db()
    assert (ticket.state, ticket.replies.count()) == ("closed", 1)
