"""A company with the name, telephone or website of somebody who has left is not listed before staff have looked."""

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.services.companies import CompanyDetails, add_company, list_confirmed_companies
from directory import services
from directory.admission import WAITS, identity_of
from directory.models import Company
from directory.services import StateConflict, admit_company, show_company, update_company
from mailings.models import Delivery
from moderation.models import Decision, Report
from moderation.services import NothingToDecide, decide
from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.accounts.people import link_in, mails_to, sign_up_answers
from tests.directory.profiles import profile_of
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.staff import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LEFT = [
    ("company", "VN Đắk Hòa Agricultural Products"),
    ("phone", "+842623812345"),
    ("website", "dakhoa.example"),
]


def suppressed(kind: str, value: str) -> None:
    suppress(kind=kind, value=value, reason=Suppression.Reason.REMOVED, now=NOW)


def state_of(company: Company) -> str:
    company.refresh_from_db()
    return company.state


def reports() -> list[tuple[str, str, str]]:
    return list(Report.objects.values_list("target_kind", "target_id", "state"))


def found_again(member: Member, **changes: Any) -> Company:
    details = CompanyDetails(
        **{"name": "Cà Phê Mới", "country": "VN", "city": "Huế", "address": "1 Lê Lợi", "phone": "+84243825999"}
        | changes
    )
    return add_company(member=member, details=details, now=NOW)


def test_what_tells_one_company_from_all_others() -> None:
    company = CompanyFactory(
        legal_name="Dak Hoa Ltd",
        trade_name="Dak Hoa",
        phone="+84 262 381 2345",
        website="https://www.dakhoa.example/en",
    )

    assert identity_of(company) == [
        ("company", "VN Dak Hoa Ltd"),
        ("company", "VN Dak Hoa"),
        ("phone", "+842623812345"),
        ("website", "www.dakhoa.example"),
    ]
    assert identity_of(CompanyFactory(legal_name="X", website="")) == [("company", "VN X"), ("phone", "+842623812345")]
    assert identity_of(CompanyFactory(legal_name="X", website="https://[broken"))[2:] == []


@pytest.mark.promise("removed-stays-removed")
@pytest.mark.parametrize(
    "changes", [{"name": "ĐẮK HÒA  Agricultural Products."}, {"phone": "+84 262 381 2345"}], ids=["name", "phone"]
)
def test_founding_it_again_leaves_a_draft_that_waits_for_staff(changes: dict[str, str]) -> None:
    for kind, value in LEFT:
        suppressed(kind, value)
    member = MemberFactory()

    waiting, other = found_again(member, **changes), found_again(member, name="Cà Phê Khác")

    assert (state_of(waiting), state_of(other)) == ("draft", "listed")
    assert reports() == [("company", waiting.slug, "open")]


def test_the_same_name_in_another_country_is_another_company() -> None:
    suppressed(*LEFT[0])

    company = found_again(MemberFactory(), name="Đắk Hòa Agricultural Products", country="LA")

    assert (state_of(company), reports()) == ("listed", [])


@time_machine.travel(NOW, tick=False)
def test_the_founder_is_told_what_happens_and_not_who_has_left(client: Client) -> None:
    suppressed(*LEFT[0])
    client.post(reverse("account_signup"), sign_up_answers())
    client.post(link_in(mails_to("amara@example.com")[0]))

    company = Company.objects.get()
    client.force_login(Member.objects.get())
    own, public = client.get(reverse("accounts:my_company")), client.get(company.get_absolute_url())

    assert state_of(company) == "draft"
    assert [str(WAITS) in page.content.decode() for page in (own, public)] == [True, True]
    assert "suppress" not in own.content.decode() + public.content.decode()
    assert Client().get(company.get_absolute_url()).status_code == 404
    assert len(reports()) == 1


def test_an_ordinary_draft_says_nothing_of_staff(client: Client) -> None:
    member = MemberFactory(company=CompanyFactory(state="draft"))
    client.force_login(member)

    assert str(WAITS) not in client.get(reverse("accounts:my_company")).content.decode()


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"legal_name": "Đắk Hòa Agricultural Products"}, LEFT[0]),
        ({"trade_name": "Đắk Hòa Agricultural Products"}, LEFT[0]),
        ({"phone": "+842623812399"}, ("phone", "+842623812399")),
        ({"website": "https://www.dakhoa.example/en/"}, LEFT[2]),
        ({"website": "https://bücher.example/"}, ("website", "xn--bcher-kva.example")),
    ],
)
def test_a_listed_company_that_takes_it_is_hidden_until_staff_have_looked(
    changes: dict[str, str], left: tuple[str, str]
) -> None:
    company = CompanyFactory()
    lead = LeadFactory(company=company)
    suppressed(*left)

    stays = update_company(company=company, profile=profile_of(company, **changes), industries=[], now=NOW)

    lead.refresh_from_db()
    assert (stays, state_of(company), lead.holds) == (False, "hidden", ["company"])
    assert reports() == [("company", company.slug, "open")]
    for _press in range(2):
        assert show_company(company=company, now=NOW) is False
    assert (state_of(company), len(reports())) == ("hidden", 1)


def test_correcting_something_else_hides_nobody() -> None:
    company = CompanyFactory()
    suppressed("phone", "+842623812345")

    stays = update_company(company=company, profile=replace(profile_of(company), city="Huế"), industries=[], now=NOW)

    assert (stays, state_of(company), reports()) == (True, "listed", [])


def test_a_suspended_company_that_takes_it_does_not_come_back_with_the_suspension_lifted() -> None:
    company = CompanyFactory()
    services.suspend_company(company=company, now=NOW)
    suppressed(*LEFT[2])
    company.refresh_from_db()

    update_company(
        company=company,
        profile=replace(profile_of(company), website="https://dakhoa.example"),
        industries=[],
        now=NOW,
    )
    services.restore_company(company=company, now=NOW)

    assert state_of(company) == "hidden"


def test_staff_approve_it_and_its_owner_hears_so() -> None:
    suppressed(*LEFT[0])
    suppressed(*LEFT[1])
    suppressed("website", "other.example")
    member = MemberFactory()
    company = found_again(member, name="Đắk Hòa Agricultural Products", phone="+84 262 381 2345")
    staff = make_staff("moderator")

    decide(kind="company", key=company.slug, action="approve", reason="", by=staff, now=NOW)

    assert (state_of(company), list(Suppression.objects.values_list("kind", flat=True))) == ("listed", ["website"])
    assert [mail.subject for mail in mails_to(member.email)] == ["Approved: Đắk Hòa Agricultural Products"]
    with pytest.raises(NothingToDecide):
        decide(kind="company", key=company.slug, action="approve", reason="", by=staff, now=NOW)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "listed", "hidden", "suspended", "closed"])
def test_staff_list_no_company_that_does_not_wait_for_them(state: str) -> None:
    company = CompanyFactory(state=state)
    MemberFactory(company=company)

    with pytest.raises(StateConflict):
        admit_company(company=company, now=NOW)

    assert (state_of(company), Delivery.objects.count()) == (state, 0)


def test_staff_cannot_list_a_company_before_its_owner_proved_a_mailbox() -> None:
    suppressed("phone", "+842623812345")
    company = CompanyFactory(state="draft")
    member = MemberFactory(company=company)
    EmailAddress.objects.filter(user=member).update(verified=False)

    with pytest.raises(StateConflict):
        admit_company(company=company, now=NOW)

    assert (state_of(company), Suppression.objects.count()) == ("draft", 1)
    assert list_confirmed_companies(member=member, now=NOW) == 0
