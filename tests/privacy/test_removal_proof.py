"""What happens at once when somebody without an account proves a mailbox."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Invitation
from directory.models import Company
from mailings.models import Delivery
from moderation.models import Decision, Report, Ticket, TicketReply
from offerboard.models import Lead
from privacy.erasing.mailboxes import erase_mailbox
from privacy.models import LegalHold, SubjectRequest
from privacy.selectors.suppression import is_suppressed
from tests.accounts.people import mails_to
from tests.factories import NOW, CompanyFactory, InvitationFactory, LeadFactory, MemberFactory
from tests.privacy.removing import ask, link_to, press, send, states, the_removal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LINH, KOFI = "linh@example.com", "kofi@example.com"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Dak Hoa", website="https://www.dakhoa.example/en/")


def test_the_mailbox_is_suppressed_its_invitations_end_and_what_it_wrote_is_erased(company: Company) -> None:
    """What the data map says about the holder of a mailbox; nothing about others."""
    owner = MemberFactory(company=company)
    InvitationFactory(email="Linh@Example.com", company=company, invited_by=owner)
    others = InvitationFactory(email=KOFI, company=company)
    robusta = {"target_kind": "lead", "target_id": "x", "target_title": "Robusta"}
    report = Report.objects.create(**robusta, reason="spam", email=LINH, text="My words.", filed_at=NOW)
    tickets = [
        Ticket.objects.create(kind="support", name="Linh", email=email, text="My words.", opened_at=NOW)
        for email in (LINH, KOFI)
    ]
    for ticket in tickets:
        TicketReply.objects.create(ticket=ticket, text="Dear Linh", sent_at=NOW, author=owner)
    link = ask(LINH)

    press(link)

    assert (is_suppressed("email", LINH), is_suppressed("email", KOFI)) == (True, False)
    assert list(Invitation.objects.all()) == [others]
    report.refresh_from_db()
    assert (report.email, report.text, report.target_title) == ("", "", "Robusta")
    assert (list(Ticket.objects.all()), TicketReply.objects.count()) == ([tickets[1]], 1)
    assert Delivery.objects.filter(to__iexact=LINH).count() == 0
    [request] = SubjectRequest.objects.all()
    assert (request.state, request.email, request.identity_proof) == ("review", LINH, "link to the mailbox")


def test_what_is_under_hold_stays() -> None:
    held, free = (
        Ticket.objects.create(kind="claim", name="Linh", email=LINH, text="x", opened_at=NOW) for _each in range(2)
    )
    LegalHold.objects.create(
        table="moderation.Ticket", key=str(held.pk), reason="A claim.", begun_at=NOW, ends_at=NOW + timedelta(days=9)
    )

    erase_mailbox(address=LINH, now=NOW)

    assert (list(Ticket.objects.all()), free.pk in Ticket.objects.values_list("pk", flat=True)) == ([held], False)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("linh@bücher.example", "linh@xn--bcher-kva.example"),
        ("linh@xn--bcher-kva.example", "linh@bücher.example"),
        ("ali@مثال.example", "ALI@مثال.example"),
        ("\u200fali@مثال.example\u202c", "ali@xn--mgbh0fb.example"),
    ],
)
def test_addresses_in_other_scripts_are_found_in_both_spellings(typed: str, stored: str) -> None:
    InvitationFactory(email=stored)

    answer = send(email=typed)
    press(link_to(the_removal().request.email))

    assert (answer.status_code, states(), Invitation.objects.count()) == (200, ["review"], 0)
    assert is_suppressed("email", stored)


@pytest.mark.parametrize(
    ("website", "mailbox", "state"),
    [
        ("https://www.dakhoa.example/en/", "linh@dakhoa.example", "hidden"),
        ("https://dakhoa.example", "linh@mail.DAKHOA.example", "hidden"),
        ("https://bücher.example", "linh@xn--bcher-kva.example", "hidden"),
        ("https://shop.dakhoa.example", "linh@dakhoa.example", "review"),  # a tenant's shop is not its landlord's
        ("https://dakhoa.example", "linh@notdakhoa.example", "review"),
        ("https://dakhoa.example", "linh@dakhoa.example.evil.example", "review"),
        ("https://gmail.com", "linh@gmail.com", "review"),
        ("https://www.GMAIL.com", "linh@gmail.com", "review"),
        ("https://example", "linh@dakhoa.example", "review"),
        ("https://192.0.2.7", "linh@dakhoa.example", "review"),
        ("", "linh@dakhoa.example", "review"),
    ],
)
def test_a_page_is_hidden_at_once_for_a_mailbox_at_the_companys_own_website(
    website: str, mailbox: str, state: str
) -> None:
    company = CompanyFactory(website=website)
    owner = MemberFactory(company=company)
    lead = LeadFactory(company=company)

    press(ask(mailbox, page=company.get_absolute_url()))

    company.refresh_from_db()
    lead.refresh_from_db()
    hidden = state == "hidden"
    assert (states(), company.state) == ([state], "suspended" if hidden else "listed")
    assert (the_removal().hidden_here, lead.holds, Client().get(company.get_absolute_url()).status_code) == (
        *(hidden, ["company"] if hidden else []),
        404 if hidden else 200,
    )
    assert [mail.template for mail in mails_to(owner.email)] == (["decision"] if hidden else [])


def test_a_leads_page_is_hidden_for_a_mailbox_at_its_companys_website(company: Company) -> None:
    lead, other = LeadFactory(company=company), LeadFactory(company=company)

    press(ask("linh@dakhoa.example", page=lead.get_absolute_url()))

    statuses = [Client().get(one.get_absolute_url()).status_code for one in (lead, other, company)]
    assert (states(), statuses[1:], statuses[0] != 200) == (["hidden"], [200, 200], True)
    assert list(Lead.objects.filter(holds=["moderation"])) == [lead]


@pytest.mark.parametrize("page", ["/companies/no-such-company/", "/leads/no-such-lead/", "/about/", "/"])
def test_of_a_page_that_shows_nobody_staff_decide(page: str) -> None:
    press(ask("linh@dakhoa.example", page=page))

    assert (states(), Decision.objects.count()) == (["review"], 0)


def test_a_page_that_staff_had_suspended_before_is_not_called_hidden_by_this(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(state="suspended", suspended_from="listed")

    press(ask("linh@dakhoa.example", page=company.get_absolute_url()))

    assert (states(), the_removal().hidden_here) == (["review"], False)


def test_a_member_who_typed_somebody_elses_address_as_a_new_one_loses_that_address_and_nothing_else() -> None:
    """Their own mailbox is proved; only what they entered about another one goes."""
    member = MemberFactory(email="member@example.com")
    EmailAddress.objects.create(user=member, email=LINH, verified=False, primary=False)
    stranger = MemberFactory(email="other-stranger@example.com")
    EmailAddress.objects.filter(user=stranger).update(email=LINH, verified=False)

    press(ask(LINH))

    assert list(EmailAddress.objects.filter(user=member).values_list("email", flat=True)) == ["member@example.com"]
    assert not SubjectRequest.objects.filter(kind="erasure", member=member).exists()
    assert SubjectRequest.objects.filter(kind="erasure", member=stranger).count() == 1
