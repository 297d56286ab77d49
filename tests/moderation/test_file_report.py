"""Anybody reports what breaks the rules, with or without an account, cookies or JavaScript."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.test import Client

from directory.models import Company
from moderation.models import Report
from offerboard.models import Lead
from privacy.cookieless import SALT
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
WORDS = "They asked for payment in advance and vanished."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Lead:
    """Something public to report."""
    return LeadFactory()


def address(lead: Lead) -> str:
    """Where the lead is reported."""
    return f"/report/lead/{lead.slug}/"


def form(**changes: str) -> dict[str, str]:
    """A filled-in form."""
    token = signing.dumps("report", salt=SALT)
    return {"form_token": token, "submission": str(uuid4()), "reason": "fraud", "text": WORDS, **changes}


def filed() -> list[tuple[str, str, str, str]]:
    """What is in the queue."""
    return list(Report.objects.values_list("target_kind", "target_id", "reason", "state"))


def test_a_visitor_reports_a_lead(lead: Lead) -> None:
    """The e-mail may stay empty."""
    response = Client().post(address(lead), form())

    report = Report.objects.get()
    assert filed() == [("lead", lead.slug, "fraud", "open")]
    assert (report.target_title, report.text, report.reporter, report.email) == (lead.title, WORDS, None, "")
    assert (report.filed_at, "we have your report" in response.content.decode()) == (NOW, True)


def test_neither_the_page_nor_the_report_sets_a_cookie(lead: Lead) -> None:
    """The form is guarded without one, and its page can be sent as it is."""
    client = Client(enforce_csrf_checks=True)
    page = client.get(address(lead))
    hidden = dict(re.findall(r'name="(form_token|submission)" value="([^"]+)"', page.content.decode()))

    client.post(address(lead), {**form(), **hidden}, headers={"Sec-Fetch-Site": "same-origin"})

    assert (sorted(hidden), len(client.cookies), len(filed())) == (["form_token", "submission"], 0, 1)


def test_a_member_reports_under_the_own_name(lead: Lead) -> None:
    """And is not asked for an e-mail."""
    member, client = MemberFactory(), Client()
    client.force_login(member)

    page = client.get(address(lead)).content.decode()
    client.post(address(lead), form(email="other@example.com"))

    assert 'name="email"' not in page
    assert list(Report.objects.values_list("reporter", "email")) == [(member.pk, "")]


def test_a_member_reports_a_thing_once_while_the_report_is_open(lead: Lead) -> None:
    """A second report says thank you and files nothing."""
    client = Client()
    client.force_login(MemberFactory())
    for _time in range(2):
        response = client.post(address(lead), form())
    while_open = len(filed())
    Report.objects.update(state=Report.State.CLOSED, closed_at=NOW)

    client.post(address(lead), form())

    assert (response.status_code, while_open, len(filed())) == (200, 1, 2)


def test_a_double_press_files_once(lead: Lead) -> None:
    """Visitors have nothing but the form that tells who pressed."""
    filled = form()

    answers = [Client().post(address(lead), filled).status_code for _press in range(2)]

    assert (answers, len(filed())) == ([200, 200], 1)


def test_a_company_can_be_reported() -> None:
    """By its public name."""
    company = CompanyFactory()

    Client().post(f"/report/company/{company.slug}/", form())

    assert filed() == [("company", company.slug, "fraud", "open")]


def test_a_thread_is_reported_by_its_two_companies_only() -> None:
    """Nobody else can find it."""
    inquiry = InquiryFactory()
    people = [MemberFactory(company=inquiry.sender), MemberFactory(company=inquiry.recipient)]
    strangers = [MemberFactory(company=CompanyFactory()), MemberFactory()]
    answers = []
    for person in [*people, *strangers]:
        client = Client()
        client.force_login(person)
        answers.append(client.post(f"/report/inquiry/{inquiry.pk}/", form()).status_code)

    visitor = Client().post(f"/report/inquiry/{inquiry.pk}/", form())

    assert (answers, visitor.status_code, len(filed())) == ([200, 200, 404, 404], 404, 2)


def test_staff_cannot_open_a_thread_by_reporting_it_themselves() -> None:
    """Letters are read only when one of the two sides asks for it."""
    inquiry = InquiryFactory()
    client = Client()
    client.force_login(MemberFactory(is_staff=True))

    assert client.get(f"/report/inquiry/{inquiry.pk}/").status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "place", ["lead/none", "nonsense/robusta", "inquiry/1", "member/1", "company/none", "inquiry/x"]
)
def test_what_is_not_there_cannot_be_reported(place: str) -> None:
    """Persons cannot be reported by guessing numbers."""
    MemberFactory()

    response = Client().post(f"/report/{place}/", form())

    assert (response.status_code, filed()) == (404, [])


@pytest.mark.parametrize(
    "changes", [{"state": "draft"}, {"holds": ["moderation"]}, {"company__state": Company.State.HIDDEN}]
)
def test_what_is_not_public_is_not_found(changes: dict[str, Any]) -> None:
    """A report must not tell that a draft exists."""
    response = Client().post(address(LeadFactory(**changes)), form())

    assert (response.status_code, filed()) == (404, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "boredom"},
        {"email": "nobody"},
        {"text": "x" * 4001},
        {"homepage": "https://spam.example"},  # people do not see this field
        {"form_token": ""},
        {"form_token": signing.dumps("contact", salt=SALT)},
        {"form_token": "forged"},
        {"submission": "x"},
    ],
)
def test_a_report_that_cannot_be_filed_comes_back_with_its_text(lead: Lead, changes: dict[str, str]) -> None:
    """Nothing typed is lost, nothing is stored."""
    response = Client().post(address(lead), form(**changes))

    assert (response.status_code, filed()) == (200, [])
    assert changes.get("text", WORDS) in response.content.decode()


def test_a_form_that_was_open_too_long_works_at_the_second_press(lead: Lead) -> None:
    """The answer brings a fresh token."""
    with time_machine.travel(NOW.replace(hour=1), tick=False):
        filled = form()

    page = Client().post(address(lead), filled).content.decode()
    before = len(filed())
    *_of_cookies, renewed = re.findall(r'name="form_token" value="([^"]+)"', page)
    Client().post(address(lead), {**filled, "form_token": renewed})

    assert (before, len(filed())) == (0, 1)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_make_a_browser_report(lead: Lead, headers: dict[str, str]) -> None:
    """The token alone is not trusted where the browser says more."""
    response = Client().post(address(lead), form(), headers=headers)

    assert (response.status_code, filed()) == (403, [])
