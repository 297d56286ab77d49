"""Who acts for a company."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from directory.models import Company, TeamMember
from tests.factories import CompanyFactory, InvitationFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def owner(company: Company) -> Member:
    return MemberFactory(company=company)


def place(company: Company, person: Member) -> TeamMember:
    return TeamMember.objects.get(company=company, member=person)


def roles(company: Company) -> list[str]:
    return list(company.team.order_by("pk").values_list("role", flat=True))


@pytest.mark.parametrize("role", ["owner", "editor", "viewer"])
def test_everybody_in_the_team_sees_it(client: Client, company: Company, owner: Member, role: str) -> None:
    client.force_login(MemberFactory(company=company, role=role))

    page = client.get(reverse("accounts:team")).content.decode()

    assert owner.email in page
    assert (reverse("accounts:invite") in page) == (role == "owner")


def test_another_companys_people_are_not_on_the_page(client: Client, company: Company, owner: Member) -> None:
    stranger = MemberFactory(company=CompanyFactory())
    client.force_login(owner)

    assert stranger.email not in client.get(reverse("accounts:team")).content.decode()


def test_an_owner_changes_a_role(client: Client, company: Company, owner: Member) -> None:
    colleague = MemberFactory(company=company, role="viewer")
    client.force_login(owner)

    client.post(reverse("accounts:change_role", args=[place(company, colleague).pk]), {"role": "owner"})

    assert roles(company) == ["owner", "owner"]


def test_an_owner_removes_a_colleague_who_then_acts_for_nobody(client: Client, company: Company, owner: Member) -> None:
    colleague = MemberFactory(company=company, role="owner")
    theirs = Client()
    theirs.force_login(colleague)
    assert theirs.get(reverse("accounts:team")).status_code == 200
    client.force_login(owner)

    client.post(reverse("accounts:remove", args=[place(company, colleague).pk]))

    assert roles(company) == ["owner"]
    assert theirs.get(reverse("accounts:team"))["Location"] == reverse("accounts:new_company")


@pytest.mark.parametrize("role", ["editor", "viewer", "owner"])
def test_anybody_may_leave_while_an_owner_stays(client: Client, company: Company, owner: Member, role: str) -> None:
    leaving = MemberFactory(company=company, role=role)
    client.force_login(leaving)

    response = client.post(reverse("accounts:remove", args=[place(company, leaving).pk]))

    assert response["Location"] == reverse("accounts:profile")
    assert list(company.team.values_list("member", flat=True)) == [owner.pk]


def test_the_last_owner_can_neither_leave_nor_step_down(client: Client, company: Company, owner: Member) -> None:
    MemberFactory(company=company, role="editor")
    client.force_login(owner)
    own = place(company, owner).pk

    left = client.post(reverse("accounts:remove", args=[own]), follow=True)
    stepped_down = client.post(reverse("accounts:change_role", args=[own]), {"role": "viewer"}, follow=True)

    assert roles(company) == ["owner", "editor"]
    for page in (left, stepped_down):
        assert "A company needs an owner" in page.content.decode()


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_is_no_owner_changes_nothing(client: Client, company: Company, owner: Member, role: str) -> None:
    client.force_login(MemberFactory(company=company, role=role))

    refused = [
        client.post(reverse("accounts:change_role", args=[place(company, owner).pk]), {"role": "viewer"}),
        client.post(reverse("accounts:remove", args=[place(company, owner).pk])),
    ]

    assert [response.status_code for response in refused] == [403, 403]
    assert roles(company) == ["owner", role]


def test_another_companys_team_cannot_be_touched(client: Client, company: Company, owner: Member) -> None:
    MemberFactory(company=company, role="owner")
    client.force_login(MemberFactory(company=CompanyFactory()))

    refused = [
        client.post(reverse("accounts:change_role", args=[place(company, owner).pk]), {"role": "viewer"}),
        client.post(reverse("accounts:change_role", args=[place(company, owner).pk])),
        client.post(reverse("accounts:remove", args=[place(company, owner).pk])),
    ]

    assert [response.status_code for response in refused] == [404, 404, 404]
    assert roles(company) == ["owner", "owner"]


@pytest.mark.parametrize("role", ["", "admin", "OWNER"])
def test_an_unknown_role_is_refused(client: Client, company: Company, owner: Member, role: str) -> None:
    colleague = MemberFactory(company=company, role="viewer")
    client.force_login(owner)

    client.post(reverse("accounts:change_role", args=[place(company, colleague).pk]), {"role": role})

    assert roles(company) == ["owner", "viewer"]


def test_reading_addresses_that_change_things_does_nothing(client: Client, company: Company, owner: Member) -> None:
    colleague = MemberFactory(company=company, role="viewer")
    client.force_login(owner)

    answers = [
        client.get(reverse(f"accounts:{name}", args=[place(company, colleague).pk]))
        for name in ("change_role", "remove")
    ]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert roles(company) == ["owner", "viewer"]


def test_the_page_asks_as_often_for_thirty_people_as_for_one(
    client: Client, company: Company, owner: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(owner)
    for _person in range(30):
        MemberFactory(company=company, role="viewer")
        InvitationFactory(company=company, invited_by=owner)
    client.get(reverse("accounts:team"))

    with django_assert_max_num_queries(11):  # five of them are session, person and the list of sessions
        client.get(reverse("accounts:team"))
