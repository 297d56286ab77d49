"""The inbox: folders, search, pages, unread."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from directory.models import Company
from offerboard.models import Block, Inquiry, ReadMark
from offerboard.selectors.inquiries import PAGE, unread_count
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day the factories know."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    """The reader's company."""
    return CompanyFactory(legal_name="Dak Hoa Agricultural Products")


@pytest.fixture
def member(company: Company) -> Member:
    """The reader."""
    return MemberFactory(company=company)


@pytest.fixture
def client(member: Member) -> Client:
    """The reader's browser."""
    client = Client()
    client.force_login(member)
    return client


def received(company: Company, name: str = "Savanna Spice Mills Ltd", **changes: Any) -> Inquiry:
    """A thread that another company began."""
    inquiry = InquiryFactory(sender__legal_name=name, lead__company=company, **changes)
    MessageFactory(inquiry=inquiry, sent_at=inquiry.last_message_at)
    return inquiry


def sent(company: Company, **changes: Any) -> Inquiry:
    """A thread that the reader's company began, not answered yet."""
    inquiry = InquiryFactory(sender=company, **changes)
    MessageFactory(inquiry=inquiry, sent_at=inquiry.last_message_at)
    return inquiry


def shown(client: Client, **query: str) -> list[Any]:
    """The keys of the threads on a page, in its order."""
    return [row.pk for row in client.get("/my/inquiries/", query).context["page"].rows]


def test_the_inbox_holds_what_others_wrote_newest_first(client: Client, company: Company) -> None:
    """Threads one began oneself appear once they are answered."""
    older = received(company, last_message_at=NOW - timedelta(days=2))
    newer = received(company, "Kollam Kernel Works")
    answered, waiting = sent(company, last_message_at=NOW), sent(company)
    MessageFactory(inquiry=answered, company=answered.recipient, sent_at=NOW)
    received(CompanyFactory())  # somebody else's

    assert shown(client) == [answered.pk, newer.pk, older.pk]
    assert set(shown(client, folder="sent")) == {answered.pk, waiting.pk}


def test_a_blocked_companys_threads_move_to_their_own_folder(client: Client, company: Company) -> None:
    """And count as unread no longer."""
    inquiry = received(company)
    Block.objects.create(company=company, blocked=inquiry.sender, blocked_at=NOW)

    assert (shown(client), shown(client, folder="blocked")) == ([], [inquiry.pk])
    assert "unread" not in client.get("/my/inquiries/").content.decode()


def test_being_blocked_moves_nothing(client: Client, company: Company) -> None:
    """Whom another company blocks is its own business."""
    inquiry = received(company)
    Block.objects.create(company=inquiry.sender, blocked=company, blocked_at=NOW)

    assert (shown(client), shown(client, folder="blocked")) == ([inquiry.pk], [])


def test_an_unknown_folder_is_the_inbox(client: Client, company: Company) -> None:
    """A changed address is no error."""
    inquiry = received(company)

    assert shown(client, folder="nonsense") == [inquiry.pk]


def test_unread_threads_are_counted_for_each_member_apart(company: Company, member: Member) -> None:
    """One query, and no lower than the truth."""
    colleague = MemberFactory(company=company)
    for _thread in range(3):
        received(company)
    ReadMark.objects.create(inquiry=received(company), member=member, read_at=NOW)
    sent(company)
    received(CompanyFactory())

    counts = [unread_count(company_id=company.pk, member_id=person.pk) for person in (member, colleague)]

    assert counts == [3, 4]


@pytest.mark.parametrize("words", ["savanna", "ROBUSTA green", "zanzibar", "  best   price "])
def test_search_finds_company_subject_and_text(client: Client, company: Company, words: str) -> None:
    """In any case of letters, within one's own threads."""
    found = received(company, "Savanna Spice Mills Ltd", subject="Robusta green coffee")
    MessageFactory(inquiry=found, text="What is your best price to Zanzibar?")
    other = received(company, "Kollam Kernel Works", subject="Cashew kernels")
    other.messages.update(text="Please call.")
    InquiryFactory(sender__legal_name="Savanna", subject="Robusta green coffee")  # somebody else's

    assert shown(client, q=words) == [found.pk]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; DROP TABLE", "\0", "x" * 5000])
def test_any_search_is_answered(client: Client, company: Company, words: str) -> None:
    """Signs that mean something to the database mean nothing here."""
    received(company)

    assert client.get("/my/inquiries/", {"q": words}).status_code == 200
    if words in {"%", "_"}:
        assert shown(client, q=words) == []


def test_every_thread_is_on_exactly_one_page(client: Client, company: Company) -> None:
    """Even when many have the same time."""
    made = {received(company, last_message_at=NOW - timedelta(hours=number // 9)).pk for number in range(2 * PAGE + 3)}
    pages, cursor = [], ""
    while True:
        page = client.get("/my/inquiries/", {"after": cursor}).context["page"]
        pages.append([row.pk for row in page.rows])
        cursor = page.next_cursor
        if not cursor:
            break

    assert [len(page) for page in pages] == [PAGE, PAGE, 3]
    assert {pk for page in pages for pk in page} == made


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(hours=3), "09:00"),
        (NOW - timedelta(hours=13), "Yesterday"),
        (NOW - timedelta(days=3), "19 Nov"),
        (NOW - timedelta(days=365), "22 Nov 2025"),
    ],
)
def test_a_row_says_when_in_as_few_words_as_possible(client: Client, company: Company, moment: Any, words: str) -> None:
    """The nearer, the finer."""
    received(company, last_message_at=moment)

    assert [row.when for row in client.get("/my/inquiries/").context["page"].rows] == [words]


def test_the_newest_thread_stands_beside_the_list_and_stays_unread(client: Client, company: Company) -> None:
    """On a phone nobody has seen it."""
    inquiry = received(company)

    response = client.get("/my/inquiries/")

    assert response.context["thread"].inquiry == inquiry
    assert ReadMark.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "No inquiries yet"),
        ({"folder": "sent"}, "You have not written to anyone yet"),
        ({"folder": "blocked"}, "You block nobody"),
        ({"q": "cashew"}, "Nothing found for “cashew”"),
    ],
)
def test_an_empty_folder_says_what_to_do_next(client: Client, query: dict[str, str], words: str) -> None:
    """Never a blank page."""
    assert words in client.get("/my/inquiries/", query).content.decode()


def test_an_empty_inbox_leads_to_what_was_sent(
    client: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    """Who has just written looks for it there."""
    sent(company)
    client.get("/my/inquiries/")

    with django_assert_max_num_queries(10):
        page = client.get("/my/inquiries/").content.decode()

    assert ["You sent inquiries; answers come here." in page, "No inquiries yet" in page] == [True, False]
    assert '<a class="btn" href="?folder=sent">' in page


def test_a_thread_opens_in_the_folder_that_holds_it(client: Client, company: Company) -> None:
    """Sent while nobody answered; the address may name another that holds it too."""
    waiting, answered, blocked = sent(company), sent(company), received(company)
    MessageFactory(inquiry=answered, company=answered.recipient, sent_at=NOW)
    Block.objects.create(company=company, blocked=blocked.sender, blocked_at=NOW)

    def folder(inquiry: Inquiry, **query: str) -> str:
        return str(client.get(inquiry.get_absolute_url(), query).context["page"].folder)

    assert [folder(waiting), folder(answered), folder(blocked)] == ["sent", "inbox", "blocked"]
    assert folder(answered, folder="sent") == "sent"


def test_a_lead_one_wrote_about_leads_to_the_thread(
    client: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    """To the reader's own company's, and to nobody else's."""
    lead, other = LeadFactory(), LeadFactory()
    own = sent(company, lead=lead)
    InquiryFactory(lead=other)
    client.get("/my/inquiries/")

    with django_assert_max_num_queries(10):
        page = client.get(lead.get_absolute_url()).content.decode()
    elsewhere = client.get(other.get_absolute_url()).content.decode()
    visitor = Client().get(lead.get_absolute_url()).content.decode()

    assert f'href="{own.get_absolute_url()}">You wrote about this lead' in page
    assert ["You wrote" in text for text in (elsewhere, visitor)] == [False, False]


@pytest.mark.parametrize("threads", [1, 30])
def test_the_inbox_costs_as_many_queries_whatever_is_in_it(
    client: Client, company: Company, threads: int, django_assert_max_num_queries: Any
) -> None:
    """Ten at most, signed in."""
    for _thread in range(threads):
        received(company)
    client.get("/my/inquiries/")

    with django_assert_max_num_queries(10):
        client.get("/my/inquiries/")


def test_a_member_without_a_company_is_led_to_make_one() -> None:
    """Threads belong to companies."""
    client = Client()
    client.force_login(MemberFactory())

    assert client.get("/my/inquiries/").headers["Location"] == "/my/company/new/"
