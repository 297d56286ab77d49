"""Another company, and acting for one of several."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Member
from accounts.services.companies import CompanyDetails, add_company
from directory.models import Company
from tests.factories import NOW, CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
NEW = "/my/company/new/"
ANSWERS = {
    "company_name": "Savanna Spice Mills",
    "country": "KE",
    "city": "Nairobi",
    "address": "Enterprise Road 4",
    "phone": "020 2345678",
}


@pytest.fixture
def amara(client: Client) -> Member:
    member = MemberFactory()
    client.force_login(member)
    return member


def acting(client: Client) -> Company:
    company: Company = client.get(reverse("accounts:team")).context["acting"].company
    return company


def test_a_member_without_a_company_is_sent_to_make_one(client: Client, amara: Member) -> None:
    assert client.get(reverse("accounts:team"))["Location"] == NEW


def test_a_new_company_is_listed_and_its_maker_owns_it_and_acts_for_it(client: Client, amara: Member) -> None:
    first = CompanyFactory()
    first.team.create(member=amara, role="viewer", joined_at=NOW)

    response = client.post(NEW, ANSWERS)

    company = Company.objects.get(legal_name="Savanna Spice Mills")
    assert response["Location"] == reverse("accounts:my_company")
    assert (company.state, company.phone.as_e164) == (Company.State.LISTED, "+254202345678")
    assert list(company.team.values_list("member", "role")) == [(amara.pk, "owner")]
    assert acting(client) == company


def test_nothing_but_the_form_is_taken(client: Client, amara: Member) -> None:
    client.post(NEW, ANSWERS | {"slug": "mine", "state": "hidden", "website": "https://example.org", "legal_name": "X"})

    company = Company.objects.get()
    assert (company.slug == "mine", company.state, company.website) == (False, "listed", "")
    assert company.legal_name == "Savanna Spice Mills"


@pytest.mark.parametrize(
    "wrong", [{"company_name": ""}, {"country": ""}, {"city": "a" * 101}, {"address": ""}, {"phone": "12"}]
)
def test_an_error_stands_beside_its_field(client: Client, amara: Member, wrong: dict[str, str]) -> None:
    response = client.post(NEW, ANSWERS | wrong)

    assert list(response.context["form"].errors) == list(wrong)
    assert {name: response.context["form"][name].value() for name in ANSWERS} == ANSWERS | wrong
    assert Company.objects.count() == 0


def test_sending_the_form_twice_makes_one_company(client: Client, amara: Member) -> None:
    for _click in range(2):
        assert client.post(NEW, ANSWERS)["Location"] == reverse("accounts:my_company")

    assert Company.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_company() -> None:
    member, together = MemberFactory(), Barrier(2)
    details = CompanyDetails(
        name="Savanna", country="KE", city="Nairobi", address="4", phone=PhoneNumber.from_string("+254202345678")
    )

    def click(_number: int) -> int:
        together.wait()
        try:
            return add_company(member=member, details=details, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        made = set(threads.map(click, range(2)))

    assert made == {Company.objects.get().pk}


def test_nobody_owns_more_than_ten(client: Client, amara: Member) -> None:
    for _company in range(10):
        CompanyFactory().team.create(member=amara, role="owner", joined_at=NOW)

    response = client.post(NEW, ANSWERS)

    assert "as many companies as one person may" in response.content.decode()
    assert Company.objects.count() == 10


# --- acting for one of several


@pytest.fixture
def two(amara: Member) -> tuple[Company, Company]:
    first, second = CompanyFactory(), CompanyFactory()
    for company in (first, second):
        company.team.create(member=amara, role="owner", joined_at=NOW)
    return first, second


def switch(client: Client, **answers: Any) -> Any:
    return client.post(reverse("accounts:switch"), answers)


def test_one_acts_for_the_chosen_company(client: Client, two: tuple[Company, Company]) -> None:
    assert acting(client) == two[0]

    switch(client, company=two[1].pk)

    assert acting(client) == two[1]


@pytest.mark.parametrize("company", ["", "0", "-1", "x", "９", "9" * 30])
def test_what_names_no_company_of_ones_own_is_not_found(
    client: Client, two: tuple[Company, Company], company: str
) -> None:
    assert switch(client, company=company).status_code == 404
    assert acting(client) == two[0]


def test_one_cannot_act_for_another_peoples_company(client: Client, two: tuple[Company, Company]) -> None:
    assert switch(client, company=CompanyFactory().pk).status_code == 404
    assert acting(client) == two[0]


def test_a_choice_ends_with_the_membership(client: Client, amara: Member, two: tuple[Company, Company]) -> None:
    switch(client, company=two[1].pk)
    two[1].team.all().delete()

    assert acting(client) == two[0]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/leads/?q=coffee", "/leads/?q=coffee"),
        ("/leads/robusta/", "/leads/robusta/"),
        ("/my/inquiries/", "/my/inquiries/"),
        ("/my/inquiries/0190f3c2-0000-7000-8000-000000000000/", "/my/inquiries/"),
        ("", "/my/company/"),
        ("https://example.org/", "/my/company/"),
        ("//example.org/", "/my/company/"),
        ("javascript:alert(1)", "/my/company/"),
    ],
)
def test_one_goes_on_where_one_was_but_to_no_other_site(
    client: Client, two: tuple[Company, Company], asked: str, answer: str
) -> None:
    assert switch(client, company=two[1].pk, next=asked)["Location"] == answer


def test_reading_the_address_changes_nothing(client: Client, two: tuple[Company, Company]) -> None:
    assert client.get(reverse("accounts:switch"), {"company": two[1].pk}).status_code == 405
    assert acting(client) == two[0]
