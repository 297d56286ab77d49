"""The two companies of a thread answer each other."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Inquiry, Lead, Message, ReadMark
from offerboard.selectors.inquiries import unread_count
from offerboard.selectors.threads import MESSAGES
from offerboard.services import inquiries as services
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory, MessageFactory

pytestmark = pytest.mark.django_db
ANSWER = "USD 4,310 a tonne, CIF Mombasa, valid until 5 December."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def inquiry() -> Inquiry:
    """A thread with one question, five hours old, between two companies with an owner each."""
    inquiry = InquiryFactory(sender__legal_name="Savanna Spice Mills Ltd")
    buyer = MemberFactory(company=inquiry.sender, email="buyer@example.com", full_name="Wanjiru Kamau")
    MemberFactory(company=inquiry.recipient, email="seller@example.com")
    MessageFactory(inquiry=inquiry, author=buyer)
    return inquiry


def client_of(email: str) -> Client:
    """That person's browser."""
    client = Client()
    client.force_login(Member.objects.get(email=email))
    return client


def form(text: str = ANSWER) -> dict[str, Any]:
    """A filled-in answer."""
    return {"submission": str(uuid4()), "text": text}


def stored() -> tuple[list[str], int]:
    """All messages and the number of mails."""
    return list(Message.objects.order_by("pk").values_list("text", flat=True)), Delivery.objects.count()


def test_the_asked_company_answers(inquiry: Inquiry) -> None:
    """The answer stands in the thread and its writer sees it there."""
    client = client_of("seller@example.com")

    response = client.post(inquiry.get_absolute_url(), form(), follow=True)

    answer = inquiry.messages.latest("pk")
    assert (answer.company, answer.text, answer.sent_at) == (inquiry.recipient, ANSWER, NOW)
    assert Inquiry.objects.get().last_message_at == NOW
    assert ANSWER in response.content.decode()


def test_the_company_that_asked_hears_of_it(inquiry: Inquiry) -> None:
    """By a mail that names the company, shows the beginning and leads to the thread."""
    client_of("seller@example.com").post(inquiry.get_absolute_url(), form())

    mail = Delivery.objects.get()
    assert (mail.to, mail.template) == ("buyer@example.com", "reply_received")
    for words in (inquiry.recipient.legal_name, ANSWER, inquiry.get_absolute_url(), "never ask for your password"):
        assert words in mail.text
    assert "seller@example.com" not in mail.text + mail.html


def test_a_long_message_is_cut_in_its_mail_only(inquiry: Inquiry) -> None:
    """The mail shows the beginning."""
    client_of("seller@example.com").post(inquiry.get_absolute_url(), form("a" * 399 + "bc"))

    assert "a" * 399 + "b …" in Delivery.objects.get().text
    assert inquiry.messages.latest("pk").text == "a" * 399 + "bc"


def test_the_thread_goes_on_after_the_lead_has_expired(inquiry: Inquiry) -> None:
    """It only says that there is no public page any more."""
    Lead.objects.update(posted_at=NOW - timedelta(days=9), expires_at=NOW - timedelta(days=1))
    client = client_of("buyer@example.com")

    client.post(inquiry.get_absolute_url(), form("Is it still there?"))
    page = client.get(inquiry.get_absolute_url()).content.decode()

    assert stored() == (["What is your best price for one container?", "Is it still there?"], 1)
    assert "no longer on the board" in page
    assert f'href="/leads/{Lead.objects.get().slug}/"' not in page


@pytest.mark.promise("contact-details-masked")
def test_contact_details_are_hidden_in_answers_too(inquiry: Inquiry) -> None:
    """And the page sets apart what was hidden."""
    client = client_of("seller@example.com")

    response = client.post(inquiry.get_absolute_url(), form("Call +84 262 381 2345 please."), follow=True)

    assert inquiry.messages.latest("pk").text == "Call [telephone hidden] please."
    assert '<span class="tag">telephone hidden</span>' in response.content.decode()


def test_markup_in_a_message_stays_words(inquiry: Inquiry) -> None:
    """Nothing that members write becomes part of the page."""
    response = client_of("seller@example.com").post(
        inquiry.get_absolute_url(), form("<script>alert(1)</script>"), follow=True
    )

    assert "<script>alert(1)" not in response.content.decode()
    assert "&lt;script&gt;alert(1)" in response.content.decode()


def test_a_double_press_answers_once(inquiry: Inquiry) -> None:
    """With one mail."""
    client, filled = client_of("seller@example.com"), form()

    for _press in range(2):
        client.post(inquiry.get_absolute_url(), filled)

    assert (len(stored()[0]), stored()[1]) == (2, 1)


@pytest.mark.parametrize(("text", "words"), [("", "Please write something first."), ("y" * 8001, "it has 8001.")])
def test_an_answer_that_cannot_be_sent_comes_back(inquiry: Inquiry, text: str, words: str) -> None:
    """Nothing typed is lost, nothing is stored."""
    before = stored()

    page = client_of("seller@example.com").post(inquiry.get_absolute_url(), form(text)).content.decode()

    assert words in page
    assert text in page
    assert stored() == before


def test_a_viewer_reads_and_cannot_answer(inquiry: Inquiry) -> None:
    """The page offers no form, and a forged one is refused."""
    MemberFactory(company=inquiry.recipient, email="viewer@example.com", role=TeamMember.Role.VIEWER)
    client, before = client_of("viewer@example.com"), stored()

    page = client.get(inquiry.get_absolute_url())
    refused = client.post(inquiry.get_absolute_url(), form())

    assert (page.status_code, refused.status_code, stored()) == (200, 403, before)
    assert 'name="text"' not in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_company_cannot_find_the_thread(inquiry: Inquiry, method: str) -> None:
    """Not 403: a stranger should not learn that it exists."""
    MemberFactory(company=CompanyFactory(), email="stranger@example.com")
    before = stored()

    response = getattr(client_of("stranger@example.com"), method)(inquiry.get_absolute_url(), form())

    assert (response.status_code, stored()) == (404, before)


def test_a_thread_of_another_of_ones_companies_offers_to_change_sides(inquiry: Inquiry) -> None:
    """A mail may lead there while one acts for somebody else; nothing of the thread is shown yet."""
    person = Member.objects.get(email="seller@example.com")
    first = CompanyFactory()
    TeamMember.objects.create(company=first, member=person, role="owner", joined_at=NOW - timedelta(days=900))

    page = client_of("seller@example.com").get(inquiry.get_absolute_url()).content.decode()

    assert f"Act for {inquiry.recipient.legal_name}" in page
    assert "best price" not in page


def test_nothing_passes_while_a_company_is_suspended(inquiry: Inquiry) -> None:
    """Neither side can write, and the thread says so."""
    Company.objects.filter(pk=inquiry.sender_id).update(state=Company.State.SUSPENDED)
    client, before = client_of("seller@example.com"), stored()

    response = client.post(inquiry.get_absolute_url(), form())

    assert stored() == before
    assert "suspended by our staff" in response.content.decode()


# --- reading ---------------------------------------------------------------------------------------------------------


def test_opening_a_thread_marks_it_as_read_for_this_member_only(inquiry: Inquiry) -> None:
    """A colleague has still to read it."""
    MemberFactory(company=inquiry.recipient, email="colleague@example.com")
    client, colleague = client_of("seller@example.com"), client_of("colleague@example.com")

    first = client.get("/my/inquiries/").content.decode()
    client.get(inquiry.get_absolute_url())

    assert "1 unread" in first
    assert "1 unread" not in client.get("/my/inquiries/").content.decode()
    assert "1 unread" in colleague.get("/my/inquiries/").content.decode()


def test_a_new_message_makes_it_unread_again(inquiry: Inquiry) -> None:
    """The mark says until when, not whether."""
    client = client_of("seller@example.com")
    client.get(inquiry.get_absolute_url())

    MessageFactory(inquiry=inquiry, sent_at=NOW)

    assert "1 unread" in client.get("/my/inquiries/").content.decode()


def test_a_mark_never_goes_back(inquiry: Inquiry) -> None:
    """Of two tabs, the one that was loaded first may report last."""
    member = Member.objects.get(email="seller@example.com")

    marks = []
    for until in (NOW - timedelta(hours=1), NOW, NOW - timedelta(hours=2)):
        services.mark_read(inquiry=inquiry, member=member, until=until)
        marks.append(ReadMark.objects.get().read_at)

    assert marks == [NOW - timedelta(hours=1), NOW, NOW]


def test_a_message_that_is_stored_later_is_newer_than_what_was_read(inquiry: Inquiry) -> None:
    """Its request may have begun before the one whose message was read already."""
    buyer, seller = Member.objects.get(email="buyer@example.com"), Member.objects.get(email="seller@example.com")

    for minutes_late in (0, 2):
        began = NOW - timedelta(minutes=minutes_late)
        services.reply(
            inquiry=inquiry, company=inquiry.sender, author=buyer, text=ANSWER, submission=uuid4(), now=began
        )
        if not minutes_late:
            services.mark_read(inquiry=inquiry, member=seller, until=NOW)

    times = list(inquiry.messages.order_by("pk").values_list("sent_at", flat=True))[1:]
    assert times == [NOW, NOW + timedelta(microseconds=1)]
    assert Inquiry.objects.get().last_message_at == times[-1]
    assert unread_count(company_id=inquiry.recipient_id, member_id=seller.pk) == 1


def test_ones_own_messages_are_never_unread(inquiry: Inquiry) -> None:
    """Nor those of colleagues."""
    assert "1 unread" not in client_of("buyer@example.com").get("/my/inquiries/?folder=sent").content.decode()


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
)
def test_a_browser_that_fetches_ahead_reads_nothing(inquiry: Inquiry, headers: dict[str, str]) -> None:
    """Only a person reads."""
    response = client_of("seller@example.com").get(inquiry.get_absolute_url(), headers=headers)

    assert (response.status_code, ReadMark.objects.count()) == (200, 0)


def test_asking_for_the_headers_reads_nothing(inquiry: Inquiry) -> None:
    """HEAD is not reading."""
    response = client_of("seller@example.com").head(inquiry.get_absolute_url())

    assert (response.status_code, ReadMark.objects.count()) == (200, 0)


def test_a_long_thread_shows_the_newest_and_leads_to_the_earlier_ones(inquiry: Inquiry) -> None:
    """Every message is on exactly one page."""
    for number in range(MESSAGES + 1):
        MessageFactory(inquiry=inquiry, text=f"message number {number}.", sent_at=NOW + timedelta(minutes=number // 7))
    client = client_of("seller@example.com")

    newest = client.get(inquiry.get_absolute_url())
    earlier = client.get(inquiry.get_absolute_url(), {"before": newest.context["thread"].earlier_cursor})

    texts = [
        "".join(words for words, _hidden in message.parts)
        for page in (earlier, newest)
        for message in page.context["thread"].messages
    ]
    assert texts == stored()[0]
    assert earlier.context["thread"].earlier_cursor == ""


@pytest.mark.parametrize("cursor", ["x", "\0", "20261122T120000.000000~x", f"20261122T120000.000000~{'9' * 40}"])
def test_a_cursor_that_nobody_was_given_shows_the_newest(inquiry: Inquiry, cursor: str) -> None:
    """A changed address is no error."""
    response = client_of("seller@example.com").get(inquiry.get_absolute_url(), {"before": cursor})

    assert (response.status_code, len(response.context["thread"].messages)) == (200, 1)


@pytest.mark.parametrize("messages", [1, 40])
def test_a_thread_costs_as_many_queries_whatever_its_length(
    inquiry: Inquiry, messages: int, django_assert_max_num_queries: Any
) -> None:
    """Ten at most, signed in."""
    MessageFactory.create_batch(messages, inquiry=inquiry, author=Member.objects.get(email="buyer@example.com"))
    InquiryFactory.create_batch(messages, recipient=inquiry.recipient, lead=LeadFactory(company=inquiry.recipient))
    client = client_of("seller@example.com")
    client.get(inquiry.get_absolute_url())

    with django_assert_max_num_queries(10):
        client.get(inquiry.get_absolute_url())


def test_ten_messages_without_an_answer_are_enough_for_a_day(inquiry: Inquiry) -> None:
    """The eleventh is not stored and mails nobody; an answer, or a day, opens the thread again."""
    buyer = client_of("buyer@example.com")
    for number in range(services.MOST_UNANSWERED - 1):  # one stands there already
        buyer.post(inquiry.get_absolute_url(), form(f"Are you there? {number}"))
    before = stored()

    refused = buyer.post(inquiry.get_absolute_url(), form("Please answer!"))

    assert len(before[0]) == services.MOST_UNANSWERED
    assert stored() == before
    assert "They have not answered your last messages." in refused.text
    assert "Please answer!" in refused.text
    client_of("seller@example.com").post(inquiry.get_absolute_url(), form())
    buyer.post(inquiry.get_absolute_url(), form("Thank you."))
    assert stored()[0][-1] == "Thank you."
