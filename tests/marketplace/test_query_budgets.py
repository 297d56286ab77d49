"""How many questions a page asks of PostgreSQL: few, and no more when there is more to show."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Company
from offerboard.models import Lead
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    InquiryFactory,
    LeadFactory,
    MemberFactory,
    MessageFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db

VISITOR, MEMBER = 6, 10
PUBLIC = [
    "/",
    "/leads/",
    "/leads/?q=coffee&kind=sell_offer&sort=ending",
    "/leads/robusta/",
    "/companies/dak-hoa/",
]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    """The one whose page, lead and inbox are asked for; it has more leads than its page shows."""
    found: Company = CompanyFactory(slug="dak-hoa")
    LeadFactory(company=found, slug="robusta")
    LeadFactory.create_batch(11, company=found, category=Lead.objects.get().category)
    return found


def add_more(company: Company, number: int) -> None:
    """Leads of the company and of others, verified ones, with categories of their own, and threads about them."""
    category = Lead.objects.get(slug="robusta").category
    for _each in range(number):
        other = VerificationFactory().company
        LeadFactory(company=company)
        LeadFactory(company=other, category=category)
        MessageFactory(inquiry=InquiryFactory(sender=other, lead=Lead.objects.get(slug="robusta")))
    company.industries.add(*CategoryFactory.create_batch(number))


def questions(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
    assert response.status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitors_page_asks_six_questions_at_most_however_much_there_is(path: str, company: Company) -> None:
    """When it is made anew."""
    add_more(company, 2)
    few = questions(Client(), path)

    add_more(company, 12)

    assert questions(Client(), path) == few <= VISITOR


@pytest.mark.parametrize("path", [*PUBLIC, "/my/inquiries/"])
@pytest.mark.parametrize("own", [True, False])
def test_a_members_page_asks_ten_questions_at_most_however_much_there_is(
    path: str, own: bool, company: Company
) -> None:
    """The first request of a session also writes down that it began."""
    member = MemberFactory(company=company if own else CompanyFactory())
    client = Client()
    client.force_login(member)
    client.get(path)
    add_more(company, 2)
    client.get("/my/inquiries/")
    few = questions(client, path)

    add_more(company, 12)

    assert questions(client, path) == few <= MEMBER
