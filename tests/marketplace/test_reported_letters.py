"""Letters of a reported thread: staff say why before they read them, and everybody who wrote sees it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from moderation.models import Report
from offerboard.models import Inquiry, Message
from privacy.models import Disclosure
from tests.factories import NOW, CompanyFactory, InquiryFactory, MemberFactory, MessageFactory
from tests.privacy.publishing import knew_less_before
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
WHY = {"why-usual": "Suspected fraud or misuse", "why-words": "Is an advance payment asked for?"}
HIDDEN = ["behind the harbour", "Come alone", "Amara Okonkwo", "Linh Tran"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def buyer() -> Member:
    return MemberFactory(company=CompanyFactory(), full_name="Amara Okonkwo", display_name="")


@pytest.fixture
def seller() -> Member:
    return MemberFactory(company=CompanyFactory(), full_name="Linh Tran", display_name="")


@pytest.fixture
def thread(buyer: Member, seller: Member) -> Inquiry:
    """Both sides wrote; nothing in it is read without a report."""
    mine, theirs = buyer.teams.get().company, seller.teams.get().company
    found: Inquiry = InquiryFactory(sender=mine, recipient=theirs, lead=None, subject="Coffee")
    MessageFactory(inquiry=found, author=buyer, company=mine, text="Meet me behind the harbour.")
    MessageFactory(inquiry=found, author=seller, company=theirs, text="Come alone.")
    return found


@pytest.fixture
def report(thread: Inquiry) -> Report:
    return reported("inquiry", str(thread.pk))


@pytest.fixture
def moderator() -> Client:
    """The browser of a moderator who logged in with a second factor."""
    return at_work(make_staff("moderator"))


def reported(kind: str, key: str) -> Report:
    return Report.objects.create(target_kind=kind, target_id=key, target_title="Coffee", reason="spam", filed_at=NOW)


def letters(report: Report) -> str:
    return reverse("admin:moderation_report_letters", args=[report.pk])


def shown(page: str) -> list[str]:
    return [text for text in HIDDEN if text in page]


def looks() -> list[tuple[Member | None, str]]:
    """Whose letters somebody of the staff has read, and why; by `disclose` alone."""
    return [
        (row.member, row.reason) for member in Member.objects.order_by("pk") for row in Disclosure.objects.of(member.pk)
    ]


@pytest.mark.promise("staff-look-with-reason")
def test_a_report_is_seen_without_a_reason_and_without_its_letters(
    moderator: Client, report: Report, thread: Inquiry
) -> None:
    pages = [
        moderator.get(reverse("admin:offerboard_inquiry_change", args=[thread.pk])).content.decode(),
        moderator.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode(),
        moderator.get(letters(report)).content.decode(),
    ]

    assert [shown(page) for page in pages] == [[], [], []]
    assert f'href="{letters(report)}"' in pages[1]
    assert looks() == []


@pytest.mark.promise("staff-look-with-reason")
def test_who_says_why_reads_the_letters_and_each_author_sees_it(
    moderator: Client, report: Report, buyer: Member, seller: Member
) -> None:
    """The role, what was seen, and the reason with the number of the report; no name, and nobody else's page."""
    stranger = MemberFactory()

    page = moderator.post(letters(report), WHY).content.decode()

    reason = f"Report {report.pk}. Suspected fraud or misuse: Is an advance payment asked for?"
    assert shown(page) == HIDDEN
    assert looks() == [(buyer, reason), (seller, reason)]
    row = Disclosure.objects.of(seller.pk).get()
    assert (row.receiver_kind, row.receiver_name, row.purpose, row.ground, row.columns) == (
        *("staff", "Our staff: moderator", "contacting", "staff"),
        ["offerboard.Message.author", "offerboard.Message.text"],
    )
    assert [reason in received(one) for one in (buyer, seller, stranger)] == [True, True, False]
    assert "Mona" not in received(buyer)


def received(member: Member) -> str:
    """The member's own page about who received their data."""
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get("/privacy/received/").content.decode()


@pytest.mark.promise("staff-look-with-reason")
@pytest.mark.parametrize(
    "answer",
    [{}, {"why-words": WHY["why-words"]}, {"why-usual": WHY["why-usual"]}, WHY | {"why-words": "just so"}],
)
def test_no_reason_opens_no_letter(moderator: Client, report: Report, answer: dict[str, str]) -> None:
    page = moderator.post(letters(report), answer).content.decode()

    assert (shown(page), looks()) == ([], [])


def test_each_look_is_asked_about_and_a_letter_that_came_meanwhile_is_told_to_its_author(
    moderator: Client, report: Report, thread: Inquiry
) -> None:
    """The same reason on the same day leaves each author one row."""
    moderator.post(letters(report), WHY)
    colleague = MemberFactory(company=thread.recipient)
    MessageFactory(inquiry=thread, author=colleague, company=thread.recipient, text="Come today.")

    again = moderator.get(letters(report)).content.decode()
    page = moderator.post(letters(report), WHY).content.decode()

    assert (shown(again), "Come today." in page) == ([], True)
    assert (len(looks()), Disclosure.objects.of(colleague.pk).count()) == (3, 1)


def test_a_letter_of_somebody_who_is_gone_is_read_and_told_to_nobody(
    moderator: Client, report: Report, seller: Member
) -> None:
    Message.objects.filter(author=seller).update(author=None)

    page = moderator.post(letters(report), WHY).content.decode()

    assert "Come alone." in page
    assert [member for member, _reason in looks()] == [Message.objects.exclude(author=None).get().author]


@pytest.mark.promise("staff-look-with-reason")
def test_letters_are_not_shown_when_the_look_cannot_be_written_down(moderator: Client, report: Report) -> None:
    knew_less_before("contacting")
    moderator.raise_request_exception = False

    answer = moderator.post(letters(report), WHY)

    assert (answer.status_code, shown(answer.content.decode()), looks()) == (500, [], [])


def test_whoever_may_not_read_reports_reads_no_letters(report: Report) -> None:
    client = at_work(make_staff("communications"))

    answers = [client.get(letters(report)), client.post(letters(report), WHY)]

    assert ([answer.status_code for answer in answers], looks()) == ([403, 403], [])


def test_reports_of_public_things_have_no_letters(moderator: Client, thread: Inquiry) -> None:
    """Although the key is a thread's."""
    report = reported("lead", str(thread.pk))

    answers = [moderator.get(letters(report)), moderator.post(letters(report), WHY)]
    page = moderator.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()

    assert ([answer.status_code for answer in answers], looks()) == ([404, 404], [])
    assert letters(report) not in page


def test_a_report_that_is_not_there_has_no_letters(moderator: Client) -> None:
    missing = reverse("admin:moderation_report_letters", args=[10**9])

    assert [moderator.get(missing).status_code, moderator.post(missing, WHY).status_code] == [404, 404]
