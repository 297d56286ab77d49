"""What a member sees and changes about themselves."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from accounts.services.companies import list_confirmed_companies
from privacy.models import PolicyVersion
from privacy.services.policies import accept_policy
from tests.accounts.people import log_in
from tests.factories import NOW, PASSWORD, CompanyFactory, InvitationFactory, MemberFactory

pytestmark = pytest.mark.django_db
PROFILE = "/account/"
ANSWERS = {
    "full_name": "Amara N. Okonkwo",
    "display_name": "Amara",
    "title": "Dr",
    "gender": "female",
    "country": "DE",
    "phone": "030 901820",
    "language": "en",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def amara(client: Client) -> Member:
    member = MemberFactory(email="amara@example.com", company=CompanyFactory(legal_name="Dak Hoa"))
    client.force_login(member)
    return member


def test_all_of_it_can_be_changed(client: Client, amara: Member) -> None:
    response = client.post(PROFILE, ANSWERS)

    amara.refresh_from_db()
    assert response["Location"] == PROFILE
    assert {name: str(getattr(amara, name)) for name in ANSWERS} == ANSWERS | {"phone": "+49 30 901820"}


def test_what_may_stay_empty_can_be_emptied(client: Client, amara: Member) -> None:
    may_be_empty = ("display_name", "title", "gender", "country", "phone")

    client.post(PROFILE, ANSWERS | dict.fromkeys(may_be_empty, ""))

    amara.refresh_from_db()
    assert [str(getattr(amara, name)) for name in may_be_empty] == ["", "", "", "", ""]


def test_nothing_else_about_the_member_changes(client: Client, amara: Member) -> None:
    everything = {field.name: "1" for field in Member._meta.get_fields() if field.name not in ANSWERS}
    before = Member.objects.filter(pk=amara.pk).values(*_columns_beside(ANSWERS)).get()

    client.post(PROFILE, everything | ANSWERS)

    assert Member.objects.filter(pk=amara.pk).values(*_columns_beside(ANSWERS)).get() == before


def _columns_beside(names: dict[str, str]) -> list[str]:
    return [field.name for field in Member._meta.concrete_fields if field.name not in names]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "a" * 151}, "full_name"),
        ({"display_name": "call 0049 30 901820"}, "display_name"),
        ({"gender": "robot"}, "gender"),
        ({"country": "XX"}, "country"),
        ({"phone": "12"}, "phone"),
        ({"language": "xx"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_stored(
    client: Client, amara: Member, wrong: dict[str, str], field: str
) -> None:
    response = client.post(PROFILE, ANSWERS | wrong)

    assert list(response.context["form"].errors) == [field]
    assert {name: str(response.context["form"][name].value()) for name in ANSWERS} == ANSWERS | wrong
    amara.refresh_from_db()
    assert amara.full_name == "Amara Okonkwo"


@pytest.mark.parametrize("language", ["vi", "ar", "pt-br", "zh-hans"])
def test_mail_can_be_wanted_in_a_language_that_the_pages_do_not_speak(
    client: Client, amara: Member, language: str
) -> None:
    client.post(PROFILE, ANSWERS | {"language": language})

    amara.refresh_from_db()
    page = client.get(PROFILE).content.decode()
    assert amara.language == language
    assert f'<option value="{language}" selected>' in page
    assert '<html lang="en" dir="ltr"' in page


def test_the_languages_of_our_pages_stand_first_and_the_hint_names_them(
    client: Client, amara: Member, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("sw", "Swahili")]

    page = client.get(PROFILE).content.decode()

    field = page.split('name="language"')[1].split("</select>")[0]
    first, others = field.split('<optgroup label="More languages">')
    assert re.findall(r'value="([^"]*)"', first) == ["en", "sw"]
    assert ('value="vi">Vietnamese · ' in others, 'value="sw"' in others) == (True, False)
    assert "Mail comes in this language where somebody has written it; otherwise in English." in page
    assert "Pages are in English, Swahili." in page


@time_machine.travel(NOW, tick=False)
def test_shows_companies_policies_and_the_ways_to_the_rest(client: Client, amara: Member) -> None:
    accept_policy(member_id=amara.pk, version=PolicyVersion.objects.get(kind="terms"), now=NOW)

    page = client.get(PROFILE).content.decode()

    names = ("account_email", "account_change_password", "mfa_index", "usersessions_list", "accounts:team")
    assert [name for name in names if f'href="{reverse(name)}"' not in page] == []
    assert all(word in page for word in ("Dak Hoa", "Owner", "Terms, version 1", "amara@example.com"))


def test_nobody_elses_data_is_on_it(client: Client, amara: Member) -> None:
    other = MemberFactory(full_name="Linh Tran", company=CompanyFactory(legal_name="Savanna"))
    InvitationFactory(email=other.email, company=CompanyFactory(legal_name="Andes"))

    page = client.get(PROFILE).content.decode()

    assert [word for word in ("Linh Tran", "Savanna", "Andes", other.email) if word in page] == []


def test_asks_as_often_for_many_companies_as_for_one(
    client: Client, amara: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _company in range(9):
        amara.teams.create(company=CompanyFactory(), role="viewer", joined_at=NOW)
        InvitationFactory(email=amara.email, invited_by=amara)
    client.get(PROFILE)

    with django_assert_max_num_queries(14):  # five of them are session, person and the list of sessions
        client.get(PROFILE)


def test_another_session_can_be_ended(amara: Member) -> None:
    amara.set_password(PASSWORD)
    amara.save()
    here, there = Client(), Client()
    for browser in (here, there):
        log_in(browser, amara.email)
        browser.get(PROFILE)

    here.post(reverse("usersessions_list"))

    assert (here.get(PROFILE).status_code, there.get(PROFILE).status_code) == (200, 302)


def test_a_company_of_which_one_is_no_owner_is_not_listed_by_ones_confirmation(amara: Member) -> None:
    draft = CompanyFactory(state="draft")
    draft.team.create(member=amara, role="editor", joined_at=NOW)

    assert list_confirmed_companies(member=amara, now=NOW) == 0
