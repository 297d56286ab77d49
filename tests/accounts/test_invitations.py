"""Inviting somebody into a team, and being invited."""

from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Member
from accounts.services import invitations as services
from directory.models import Company, TeamMember
from tests.accounts.people import link_in, log_in, mails_to, sign_up_answers
from tests.factories import NOW, PASSWORD, CompanyFactory, InvitationFactory, MemberFactory

pytestmark = pytest.mark.django_db
LINH = "linh@example.com"


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Dak Hoa")


@pytest.fixture
def owner(company: Company) -> Member:
    return MemberFactory(company=company, full_name="Amara Okonkwo")


def invite(
    company: Company, owner: Member, *, email: str = LINH, role: str = "editor", now: datetime = NOW
) -> Invitation:
    return services.invite(company=company, inviter=owner, email=email, role=role, now=now)


def team_of(company: Company) -> list[tuple[str, str]]:
    return list(company.team.order_by("joined_at", "id").values_list("member__email", "role"))


# --- inviting


@time_machine.travel(NOW, tick=False)
def test_an_owner_invites_by_mail_and_only_a_hash_of_the_link_is_stored(
    client: Client, company: Company, owner: Member
) -> None:
    client.force_login(owner)

    response = client.post(reverse("accounts:invite"), {"email": "Linh@Example.com ", "role": "viewer"})

    assert response["Location"] == reverse("accounts:team")
    [mail], invitation = mails_to(LINH), Invitation.objects.get()
    assert mail.subject == "Amara Okonkwo invites you into the team of Dak Hoa"
    assert "Viewer" in mail.text
    token = link_in(mail).split("/")[2]
    assert (invitation.email, invitation.role, invitation.invited_by) == (LINH, "viewer", owner)
    assert (invitation.token_hash, invitation.expires_at) == (services.token_hash(token), NOW + timedelta(days=14))
    assert token not in repr(Invitation.objects.values().get())


def test_the_mail_says_where_the_address_came_from_and_links_to_the_policy(company: Company, owner: Member) -> None:
    """GDPR art. 14: who is invited did not give us the address, and has no agreement with us."""
    invite(company, owner)

    [mail] = mails_to(LINH)
    link = settings.SITE_URL + reverse("privacy:policy")
    for text in (mail.text, mail.html):
        words = " ".join(text.split())
        assert "Amara Okonkwo of Dak Hoa gave us your e-mail address" in words
        assert words.count(link) == 1


def test_inviting_again_renews_link_role_and_time(company: Company, owner: Member) -> None:
    invite(company, owner, role="editor")
    later = NOW + timedelta(days=20)

    invite(company, owner, role="owner", email="LINH@example.com", now=later)

    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.expires_at) == ("owner", later + timedelta(days=14))
    old, new = (link_in(mail).split("/")[2] for mail in mails_to(LINH))
    assert invitation.token_hash == services.token_hash(new) != services.token_hash(old)


def test_pressing_the_button_twice_sends_one_mail(company: Company, owner: Member) -> None:
    first = invite(company, owner)
    second = invite(company, owner, role="viewer", now=NOW + timedelta(minutes=1))

    assert (second.pk, second.role, second.token_hash) == (first.pk, "viewer", first.token_hash)
    assert len(mails_to(LINH)) == 1


def test_who_is_in_the_team_is_not_invited(client: Client, company: Company, owner: Member) -> None:
    MemberFactory(email=LINH, company=company, role="viewer")
    client.force_login(owner)

    response = client.post(reverse("accounts:invite"), {"email": "LINH@example.com", "role": "owner"})

    assert response.context["form"].errors == {"email": ["This person is in the team already."]}
    assert (Invitation.objects.count(), mails_to(LINH)) == (0, [])


def test_a_company_writes_to_twenty_strangers_a_day_and_withdrawing_makes_no_room(
    company: Company, owner: Member
) -> None:
    for number in range(20):
        invitation = invite(company, owner, email=f"stranger{number}@example.com")
    services.withdraw_invitation(company=company, invitation_id=invitation.pk, now=NOW)

    with pytest.raises(services.TooManyInvitations):
        invite(company, owner)
    assert mails_to(LINH) == []

    invite(company, owner, now=NOW + timedelta(days=1))
    assert len(mails_to(LINH)) == 1


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"email": ""}, {"role": "admin"}, {"role": ""}])
def test_a_wrong_answer_comes_back_with_its_error(
    client: Client, company: Company, owner: Member, wrong: dict[str, str]
) -> None:
    client.force_login(owner)

    response = client.post(reverse("accounts:invite"), {"email": LINH, "role": "editor", **wrong})

    assert list(response.context["form"].errors) == list(wrong)
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_invite_and_withdraw(client: Client, company: Company, role: str) -> None:
    client.force_login(MemberFactory(company=company, role=role))
    invitation = InvitationFactory(company=company)

    refused = [
        client.post(reverse("accounts:invite"), {"email": LINH, "role": "owner"}),
        client.post(reverse("accounts:withdraw_invitation", args=[invitation.pk])),
    ]

    assert [response.status_code for response in refused] == [403, 403]
    assert list(Invitation.objects.values()) == [Invitation.objects.filter(pk=invitation.pk).values().get()]
    invitation.refresh_from_db()
    assert invitation.expires_at == NOW + timedelta(days=6)


@time_machine.travel(NOW, tick=False)
def test_an_owner_withdraws_and_the_link_is_dead(client: Client, company: Company, owner: Member) -> None:
    invitation = invite(company, owner)
    link = link_in(mails_to(LINH)[0])
    client.force_login(owner)

    client.post(reverse("accounts:withdraw_invitation", args=[invitation.pk]))

    assert Client().get(link).status_code == 404
    assert LINH not in client.get(reverse("accounts:team")).content.decode()


@time_machine.travel(NOW, tick=False)
def test_another_companys_invitation_cannot_be_withdrawn(client: Client, company: Company, owner: Member) -> None:
    invitation = invite(company, owner)
    client.force_login(MemberFactory(company=CompanyFactory()))

    response = client.post(reverse("accounts:withdraw_invitation", args=[invitation.pk]))

    assert response.status_code == 404
    assert Invitation.objects.open(at=NOW).count() == 1


# --- being invited, with an account


@time_machine.travel(NOW, tick=False)
def test_opening_the_link_shows_who_invites_and_changes_nothing(
    client: Client, company: Company, owner: Member
) -> None:
    invite(company, owner)
    linh = MemberFactory(email=LINH)
    client.force_login(linh)
    before = list(Invitation.objects.values())

    page = client.get(link_in(mails_to(LINH)[0]))

    assert all(word in page.content.decode() for word in ("Dak Hoa", "Amara Okonkwo", "Editor", LINH))
    assert (list(Invitation.objects.values()), company.team.count()) == (before, 1)


@time_machine.travel(NOW, tick=False)
def test_pressing_accept_lets_the_person_in_once_and_they_act_for_the_company(
    client: Client, company: Company, owner: Member
) -> None:
    invite(company, owner)
    linh = MemberFactory(email=LINH, company=CompanyFactory(legal_name="Her own"))
    client.force_login(linh)
    link = link_in(mails_to(LINH)[0])

    client.post(link)
    again = client.post(link)

    assert team_of(company) == [(owner.email, "owner"), (LINH, "editor")]
    assert again["Location"] == reverse("accounts:team")
    assert client.get(reverse("accounts:team")).context["acting"].company == company
    assert Invitation.objects.get().accepted_at == NOW


@time_machine.travel(NOW, tick=False)
def test_a_used_link_says_nothing_to_others(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    link = link_in(mails_to(LINH)[0])
    client.force_login(MemberFactory(email=LINH))
    client.post(link)

    stranger = Client().get(link)
    invented = Client().get(reverse("accounts:invitation", args=["made-up"]))

    assert (stranger.status_code, invented.status_code) == (404, 404)
    assert stranger.content == invented.content
    assert "Dak Hoa" not in stranger.content.decode()


def test_an_expired_link_lets_nobody_in(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    client.force_login(MemberFactory(email=LINH))

    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        response = client.post(link_in(mails_to(LINH)[0]))

    assert response.status_code == 404
    assert team_of(company) == [(owner.email, "owner")]


def test_an_invitation_is_accepted_once_and_in_time(company: Company, owner: Member) -> None:
    """The page checks it too; this is the service, which two requests may reach at once."""
    linh = MemberFactory(email=LINH)
    invite(company, owner)
    token = link_in(mails_to(LINH)[0]).split("/")[2]

    with pytest.raises(services.InvitationClosed):
        services.accept_invitation(token=token, member=linh, now=NOW + timedelta(days=14))
    assert company.team.count() == 1

    services.accept_invitation(token=token, member=linh, now=NOW + timedelta(days=13))
    with pytest.raises(services.InvitationClosed):
        services.accept_invitation(token=token, member=linh, now=NOW + timedelta(days=13))
    assert company.team.count() == 2


@time_machine.travel(NOW, tick=False)
def test_a_link_is_for_its_address_only(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    client.force_login(MemberFactory(email="someone.else@example.com"))
    link = link_in(mails_to(LINH)[0])

    shown, pressed = client.get(link), client.post(link)

    assert (shown.status_code, pressed.status_code) == (200, 403)
    assert f"sent to <b>{LINH}</b>" in shown.content.decode()
    assert team_of(company) == [(owner.email, "owner")]


@time_machine.travel(NOW, tick=False)
def test_an_address_that_is_not_confirmed_does_not_count(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    thief = MemberFactory(email="thief@example.com")
    EmailAddress.objects.create(user=thief, email=LINH, verified=False)
    client.force_login(thief)

    assert client.post(link_in(mails_to(LINH)[0])).status_code == 403
    assert "Dak Hoa" not in client.get(reverse("accounts:profile")).content.decode()
    waiting = client.post(reverse("accounts:accept_invitation", args=[Invitation.objects.get().pk]))
    assert (waiting.status_code, team_of(company)) == (404, [(owner.email, "owner")])


@time_machine.travel(NOW, tick=False)
def test_who_is_not_logged_in_is_sent_to_log_in_and_comes_back(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    MemberFactory(email=LINH, password=PASSWORD)
    link = link_in(mails_to(LINH)[0])

    page = client.get(link)
    assert f'href="/account/login/?next={link}"' in page.content.decode()
    assert page.cookies == {}

    assert client.post(link)["Location"] == f"/account/login/?next={link}"
    assert log_in(client, LINH, next=link)["Location"] == link


@time_machine.travel(NOW, tick=False)
def test_invitations_wait_on_the_account_page(client: Client, company: Company, owner: Member) -> None:
    invitation = invite(company, owner)
    client.force_login(MemberFactory(email=LINH))
    assert "Dak Hoa" in client.get(reverse("accounts:profile")).content.decode()

    client.post(reverse("accounts:accept_invitation", args=[invitation.pk]))

    assert team_of(company) == [(owner.email, "owner"), (LINH, "editor")]


@time_machine.travel(NOW, tick=False)
def test_a_declined_invitation_is_gone(client: Client, company: Company, owner: Member) -> None:
    invitation = invite(company, owner)
    client.force_login(MemberFactory(email=LINH))

    client.post(reverse("accounts:decline_invitation", args=[invitation.pk]))

    assert client.post(reverse("accounts:accept_invitation", args=[invitation.pk])).status_code == 404
    assert client.post(link_in(mails_to(LINH)[0])).status_code == 404
    assert team_of(company) == [(owner.email, "owner")]


@time_machine.travel(NOW, tick=False)
def test_other_peoples_invitations_can_be_neither_accepted_nor_declined(
    client: Client, company: Company, owner: Member
) -> None:
    invitation = invite(company, owner)
    client.force_login(MemberFactory())

    answers = [
        client.post(reverse(f"accounts:{verb}_invitation", args=[invitation.pk])) for verb in ("accept", "decline")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Invitation.objects.open(at=NOW).get() == invitation


# --- being invited, without an account


@time_machine.travel(NOW, tick=False)
def test_a_newcomer_signs_up_without_a_company_and_is_in_the_team_at_once(
    client: Client, company: Company, owner: Member
) -> None:
    invite(company, owner, role="viewer")
    link = link_in(mails_to(LINH)[0])
    sign_up = f"/account/signup/?next={link}"
    assert f'href="{sign_up}"' in client.get(link).content.decode()
    asked = client.get(sign_up).context["form"].fields
    assert ("company_name" in asked, "phone" in asked) == (False, False)

    response = client.post(
        "/account/signup/", sign_up_answers(full_name="Linh Tran", email="ignored@example.com", next=link), follow=True
    )

    linh = Member.objects.get(full_name="Linh Tran")
    assert linh.email == LINH  # the address that the link was mailed to, whatever is sent
    assert EmailAddress.objects.get(user=linh).verified is True  # who has the link has read the mail
    assert team_of(company) == [(owner.email, "owner"), (LINH, "viewer")]
    assert Company.objects.count() == 1
    assert [mail.template for mail in mails_to(LINH)] == ["invitation"]
    assert response.redirect_chain[-1] == (reverse("accounts:team"), 302)
    assert linh.policy_acceptances.get().version.kind == "terms"
    assert client.cookies["sessionid"]["max-age"] == ""  # nobody asked to stay logged in


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("missing", ["adult", "accurate", "terms"])
def test_a_newcomer_too_has_to_say_that_they_are_an_adult_and_agree(
    client: Client, company: Company, owner: Member, missing: str
) -> None:
    invite(company, owner)
    answers = sign_up_answers(next=link_in(mails_to(LINH)[0]))
    without = {name: value for name, value in answers.items() if name != missing}

    response = client.post("/account/signup/", without)

    assert list(response.context["form"].errors) == [missing]
    assert (Member.objects.count(), team_of(company)) == (1, [(owner.email, "owner")])


@time_machine.travel(NOW, tick=False)
def test_a_dead_link_leads_to_the_ordinary_sign_up(client: Client, company: Company, owner: Member) -> None:
    invitation = invite(company, owner)
    services.withdraw_invitation(company=company, invitation_id=invitation.pk, now=NOW)
    link = link_in(mails_to(LINH)[0])

    form = client.get(f"/account/signup/?next={link}").context["form"]
    client.post("/account/signup/", sign_up_answers(email=LINH, next=link))

    assert "company_name" in form.fields
    assert EmailAddress.objects.get(email=LINH).verified is False
    assert team_of(company) == [(owner.email, "owner")]


@time_machine.travel(NOW, tick=False)
def test_an_invited_address_with_an_account_gets_no_second_one(client: Client, company: Company, owner: Member) -> None:
    invite(company, owner)
    MemberFactory(email=LINH)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):  # the order of its mails is that of their times
        response = client.post("/account/signup/", sign_up_answers(next=link_in(mails_to(LINH)[0])))

    assert response["Location"] == reverse("account_email_verification_sent")
    assert Member.objects.filter(email=LINH).count() == 1
    assert [mail.template for mail in mails_to(LINH)] == ["invitation", "account_exists"]
    assert TeamMember.objects.count() == 1
