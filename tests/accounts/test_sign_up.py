"""Signing up with a company."""

from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from privacy.models import PolicyAcceptance, PolicyVersion
from tests.accounts.people import link_in, mails_to, sign_up_answers
from tests.factories import NOW, PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
SIGN_UP = "/account/signup/"
NOTHING = (0, 0, 0, 0, 0, 0)


def everything() -> tuple[int, ...]:
    """How many rows there are of all that a sign-up creates."""
    kinds = (Member, Company, TeamMember, PolicyAcceptance, EmailAddress, Delivery)
    return tuple(kind.objects.count() for kind in kinds)


@time_machine.travel(NOW, tick=False)
def test_creates_person_company_role_and_acceptance_and_mails_a_link(client: Client) -> None:
    response = client.post(SIGN_UP, sign_up_answers(email="Amara@Example.com", title="Ms", gender="female"))

    member, company = Member.objects.get(), Company.objects.get()
    assert response["Location"] == reverse("account_email_verification_sent")
    assert (member.email, member.full_name, member.title, member.gender) == (
        "amara@example.com", "Amara Okonkwo", "Ms", "female",
    )  # fmt: skip
    assert (member.country, str(member.phone), member.joined_at) == ("VN", "+84 262 3812 345", NOW)
    assert (member.adult_declared_at, member.accuracy_declared_at) == (NOW, NOW)
    assert (company.legal_name, company.city, company.address) == (
        "Đắk Hòa Agricultural Products", "Buôn Ma Thuột", "12 Lê Duẩn",
    )  # fmt: skip
    assert company.state == Company.State.DRAFT
    assert company.slug.startswith("dak-hoa-agricultural-products-")
    assert list(TeamMember.objects.values_list("company", "member", "role")) == [(company.pk, member.pk, "owner")]
    assert list(PolicyAcceptance.objects.values_list("version__kind", "version__number")) == [("terms", 1)]
    assert [mail.template for mail in mails_to("amara@example.com")] == ["confirm_sign_up"]


def test_the_company_is_listed_when_the_button_behind_the_link_is_pressed(client: Client) -> None:
    client.post(SIGN_UP, sign_up_answers())
    link = link_in(mails_to("amara@example.com")[0])

    client.get(link)
    assert Company.objects.get().state == Company.State.DRAFT  # mail scanners follow links
    assert EmailAddress.objects.get().verified is False

    client.post(link)
    assert Company.objects.get().state == Company.State.LISTED
    assert EmailAddress.objects.get().verified is True


def test_confirming_in_another_browser_leads_to_the_log_in(client: Client) -> None:
    client.post(SIGN_UP, sign_up_answers(next="/my/company/"))
    link = link_in(mails_to("amara@example.com")[0])

    elsewhere, here = Client().post(link), client.get("/account/").status_code
    assert (elsewhere["Location"], here) == (reverse("account_login"), 302)


def test_confirming_in_the_browser_of_the_sign_up_logs_in(client: Client) -> None:
    client.post(SIGN_UP, sign_up_answers(next="/my/company/"))

    assert client.post(link_in(mails_to("amara@example.com")[0]))["Location"] == "/my/company/"
    assert client.get("/account/").status_code == 200


def test_confirming_does_not_list_a_company_that_staff_suspended(client: Client) -> None:
    client.post(SIGN_UP, sign_up_answers())
    Company.objects.update(state=Company.State.SUSPENDED)

    client.post(link_in(mails_to("amara@example.com")[0]))

    assert Company.objects.get().state == Company.State.SUSPENDED


def test_a_link_works_once_and_not_for_ever(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        client.post(SIGN_UP, sign_up_answers())
    link = link_in(mails_to("amara@example.com")[0])

    with time_machine.travel(NOW.replace(day=26), tick=False):
        late = client.post(link)

    assert late.status_code == 404
    assert Company.objects.get().state == Company.State.DRAFT


@pytest.mark.parametrize("typed", ["amara@example.com", "AMARA@example.com", " Amara@Example.COM "])
def test_a_known_address_gets_the_same_answer_and_only_its_owner_learns_why(typed: str) -> None:
    MemberFactory(email="amara@example.com")
    before = everything()

    known = Client().post(SIGN_UP, sign_up_answers(email=typed))
    unknown = Client().post(SIGN_UP, sign_up_answers(email="else@example.com"))

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert sorted(known.headers) == sorted(unknown.headers)
    assert sorted(known.cookies) == sorted(unknown.cookies)
    assert [mail.template for mail in mails_to("amara@example.com")] == ["account_exists"]
    assert Member.objects.filter(email__iexact="amara@example.com").count() == 1
    assert everything()[:-1] == tuple(count + 1 for count in before[:-1])  # the unknown one's rows only


def test_sending_the_form_twice_makes_one_account_and_one_mail(client: Client) -> None:
    first = client.post(SIGN_UP, sign_up_answers())
    second = client.post(SIGN_UP, sign_up_answers())

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert everything() == (1, 1, 1, 1, 1, 1)


def test_nothing_but_the_form_is_taken_from_a_request(client: Client) -> None:
    forged = {
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "on",
        "state": "listed",
        "role": "viewer",
        "slug": "mine",
        "joined_at": "2001-01-01",
        "display_name": "Somebody",
        "groups": "1",
        "id": "77",
        "verified": "on",
    }

    client.post(SIGN_UP, sign_up_answers(**forged))

    member = Member.objects.get()
    assert (member.is_staff, member.is_superuser, member.display_name, member.pk == 77) == (False, False, "", False)
    assert (member.state, Company.objects.get().state) == (Member.State.ACTIVE, Company.State.DRAFT)
    assert (TeamMember.objects.get().role, EmailAddress.objects.get().verified) == ("owner", False)


def test_nothing_is_ticked_beforehand(client: Client) -> None:
    form = client.get(SIGN_UP).context["form"]

    ticks = [name for name, field in form.fields.items() if field.widget.input_type == "checkbox"]
    assert ticks == ["adult", "accurate", "terms"]
    assert [form[name].value() for name in ticks] == [None, None, None]


def test_asks_for_nothing_but_what_is_needed(client: Client) -> None:
    form = client.get(SIGN_UP).context["form"]

    required = [str(field.label) for field in form.fields.values() if field.required]
    optional = [str(field.label) for field in form.fields.values() if not field.required and not field.widget.is_hidden]
    assert required == [
        "Full name", "E-mail", "Password", "Company name", "Country", "City", "Address", "Phone",
        "I am 18 or older", "This information is accurate", "I accept version 1 of the terms",
    ]  # fmt: skip
    assert optional == ["Title", "Gender"]


BAD_ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"full_name": ""}, "full_name"),
    ({"full_name": "a" * 151}, "full_name"),
    ({"full_name": "Amara, +84 24 3825 4321"}, "full_name"),
    ({"email": "nobody"}, "email"),
    ({"email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com"}, "email"),
    ({"password1": "short"}, "password1"),
    ({"password1": "password1234"}, "password1"),
    ({"title": "a" * 41}, "title"),
    ({"gender": "robot"}, "gender"),
    ({"company_name": ""}, "company_name"),
    ({"company_name": "a" * 201}, "company_name"),
    ({"company_name": "Write to me@example.com Ltd"}, "company_name"),
    ({"country": ""}, "country"),
    ({"country": "XX"}, "country"),
    ({"city": "a" * 101}, "city"),
    ({"address": "a" * 301}, "address"),
    ({"phone": "12"}, "phone"),
    ({"phone": "call me"}, "phone"),
    ({"phone": "+999 123"}, "phone"),
    ({"adult": ""}, "adult"),
    ({"accurate": ""}, "accurate"),
    ({"terms": ""}, "terms"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD_ANSWERS)
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(
    client: Client, wrong: dict[str, Any], field: str
) -> None:
    answers = sign_up_answers(**wrong)

    response = client.post(SIGN_UP, answers)

    form = response.context["form"]
    assert list(form.errors) == [field]
    kept = {name: str(form[name].value()) for name in answers if form.fields[name].widget.input_type != "checkbox"}
    assert kept == {name: str(answers[name]) for name in kept}
    assert PASSWORD not in response.content.decode()
    assert everything() == NOTHING


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("VN", "0262 381 2345", "+842623812345"),
        ("VN", "+49 30 901820", "+4930901820"),
        ("DE", "030/901820", "+4930901820"),
        ("US", "(212) 555-0100", "+12125550100"),
        ("AQ", "+84 262 381 2345", "+842623812345"),
    ],
)
def test_a_phone_may_be_typed_as_one_dials_it_at_home(client: Client, country: str, typed: str, stored: str) -> None:
    client.post(SIGN_UP, sign_up_answers(country=country, phone=typed))

    assert Company.objects.get().phone.as_e164 == stored


def test_terms_that_took_effect_meanwhile_must_be_read_first(client: Client) -> None:
    answers = sign_up_answers()
    newer = PolicyVersion.objects.create(kind="terms", number=2, body="New.", published_at=NOW, effective_at=NOW)

    with time_machine.travel(NOW, tick=False):
        refused = client.post(SIGN_UP, answers)
        assert everything() == NOTHING
        form = refused.context["form"]
        assert (list(form.errors), form["terms"].value()) == (["terms"], False)
        client.post(SIGN_UP, answers | {"terms_version": form["terms_version"].value()})

    assert PolicyAcceptance.objects.get().version == newer


def test_a_failure_half_way_leaves_nothing(client: Client) -> None:
    """The mail is the last thing to be stored; here the database refuses it."""
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailings_delivery ADD CONSTRAINT no_mail CHECK (template <> 'confirm_sign_up')")

    response = client.post(SIGN_UP, sign_up_answers())

    assert response.status_code == 500
    assert everything() == NOTHING


def test_ten_megabytes_of_text_are_refused(client: Client) -> None:
    response = client.post(SIGN_UP, sign_up_answers(address="a" * 10_000_000))

    assert response.status_code == 413
    assert everything() == NOTHING


def test_reading_the_form_stores_nothing(client: Client) -> None:
    client.get(SIGN_UP)

    assert everything() == NOTHING


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Công ty TNHH Đắk Hòa", "cong-ty-tnhh-dak-hoa-"),
        ("شركة الشرق", "company-"),
        ("绿色咖啡有限公司", "company-"),
        ("Łódź & Søn GmbH", "lodz-son-gmbh-"),
        ("a" * 200, "a" * 60 + "-"),
    ],
)
def test_a_companys_address_is_readable_and_cannot_be_guessed(client: Client, name: str, start: str) -> None:
    client.post(SIGN_UP, sign_up_answers(company_name=name))

    slug = Company.objects.get().slug
    assert (slug.startswith(start), len(slug)) == (True, len(start) + 6)


@pytest.mark.parametrize("signs", ["\u200b\u200e \u2060", "\u200c\u200d", "\u3164 \u2800"])
@pytest.mark.parametrize("field", ["full_name", "company_name", "city"])
def test_a_name_of_signs_that_nobody_sees_is_none(client: Client, field: str, signs: str) -> None:
    response = client.post(SIGN_UP, sign_up_answers(**{field: signs}))

    assert list(response.context["form"].errors) == [field]
    assert everything() == NOTHING


def test_such_signs_within_a_name_are_left_out_of_it(client: Client) -> None:
    """Two names that look the same are the same. Joiners stay: Persian is written with them."""
    client.post(SIGN_UP, sign_up_answers(company_name="\u202eAc\x00me\u200b  می\u200cخواهم"))

    assert Company.objects.get().legal_name == "Acme می\u200cخواهم"
