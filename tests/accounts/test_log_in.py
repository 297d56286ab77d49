"""Logging in and out, passwords, and what protects them."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.accounts.people import link_in, log_in, mails_to
from tests.factories import PASSWORD, CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
PROFILE = "/account/"


@pytest.fixture
def amara() -> Member:
    return MemberFactory(email="amara@example.com", password=PASSWORD, company=CompanyFactory())


@pytest.fixture
def nameless_redis(settings: Any) -> None:
    """Nobody listens there."""
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }


def is_logged_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def test_a_session_ends_with_the_browser_unless_asked_to_stay(client: Client, amara: Member) -> None:
    log_in(client, amara.email)
    assert client.cookies["sessionid"]["max-age"] == ""
    assert is_logged_in(client)

    staying = Client()
    log_in(staying, amara.email, remember="on")
    assert staying.cookies["sessionid"]["max-age"] == 30 * 24 * 60 * 60


def test_e_mail_in_any_case_logs_in(client: Client, amara: Member) -> None:
    log_in(client, "AMARA@Example.com")

    assert is_logged_in(client)


def test_logging_out_ends_the_session(client: Client, amara: Member) -> None:
    log_in(client, amara.email)
    old = client.cookies["sessionid"].value

    client.get(reverse("account_logout"))
    assert is_logged_in(client)  # a picture in somebody's page must not log people out

    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = old
    assert not is_logged_in(client)


def test_unknown_address_and_wrong_password_get_the_same_answer(amara: Member) -> None:
    wrong = log_in(Client(), amara.email, "not the password")
    unknown = log_in(Client(), "nobody@example.com", "not the password")

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert sorted(wrong.headers) == sorted(unknown.headers)


def test_somebody_unconfirmed_gets_the_link_again_instead_of_a_session(client: Client, amara: Member) -> None:
    EmailAddress.objects.filter(user=amara).update(verified=False)

    response = log_in(client, amara.email)

    assert response["Location"] == reverse("account_email_verification_sent")
    assert [mail.template for mail in mails_to(amara.email)] == ["confirm_address"]
    assert not is_logged_in(client)


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_who_is_suspended_cannot_log_in_and_old_sessions_end(client: Client, amara: Member, state: str) -> None:
    log_in(client, amara.email)
    assert is_logged_in(client)

    Member.objects.filter(pk=amara.pk).update(state=state)

    assert not is_logged_in(client)
    again = Client()
    response = log_in(again, amara.email)
    assert response["Location"] == reverse("account_inactive")
    assert not is_logged_in(again)


def test_who_is_suspended_gets_no_new_password(client: Client, amara: Member) -> None:
    Member.objects.filter(pk=amara.pk).update(state="suspended")

    client.post(reverse("account_reset_password"), {"email": amara.email})

    assert [mail.template for mail in mails_to(amara.email)] == ["account_unknown"]


@pytest.mark.usefixtures("nameless_redis")
def test_attempts_are_counted_while_redis_is_down(amara: Member) -> None:
    for _attempt in range(5):
        log_in(Client(HTTP_X_FORWARDED_FOR="192.0.2.1"), amara.email, "not the password")

    guarded = Client(HTTP_X_FORWARDED_FOR="192.0.2.2")
    response = log_in(guarded, amara.email)

    assert "Too many failed login attempts" in str(response.context["form"].errors)
    assert not is_logged_in(guarded)


@pytest.mark.usefixtures("nameless_redis")
def test_logging_in_works_while_redis_is_down(client: Client, amara: Member) -> None:
    log_in(client, amara.email)

    assert is_logged_in(client)


def test_a_new_password_by_mail(client: Client, amara: Member) -> None:
    new = "another horse battery staple"

    client.post(reverse("account_reset_password"), {"email": amara.email})
    page = client.get(link_in(mails_to(amara.email)[0]), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert [mail.template for mail in mails_to(amara.email)] == ["password_reset", "account_notice"]
    assert "(UTC)\n" in mails_to(amara.email)[1].text
    log_in(client, amara.email, new)
    assert is_logged_in(client)


def test_links_in_mails_lead_to_this_site_whatever_host_the_request_names(amara: Member, settings: Any) -> None:
    settings.SITE_URL = "https://market.example"

    Client().post(reverse("account_reset_password"), {"email": amara.email}, HTTP_HOST="evil.example")

    [mail] = mails_to(amara.email)
    assert "https://market.example/account/password/reset/key/" in mail.text
    assert "evil.example" not in mail.text + mail.html


def test_asking_for_a_password_answers_alike_for_unknown_addresses(amara: Member) -> None:
    known = Client().post(reverse("account_reset_password"), {"email": amara.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [mail.template for mail in mails_to("nobody@example.com")] == ["account_unknown"]


def test_changing_the_password_keeps_this_session_ends_the_others_and_tells_by_mail(amara: Member) -> None:
    here, there = Client(), Client()
    log_in(here, amara.email)
    log_in(there, amara.email)
    new = "another horse battery staple"

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert (is_logged_in(here), is_logged_in(there)) == (True, False)
    notice = mails_to(amara.email)[-1]
    assert notice.subject == "Your password was changed"
    assert "never ask for your password" in notice.text
    assert "never ask for your password" in notice.html


def test_the_session_gets_a_new_name_at_log_in(client: Client, amara: Member) -> None:
    log_in(client, amara.email, "not the password")
    client.get(reverse("account_signup"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = client.cookies["sessionid"].value

    log_in(client, amara.email)

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_staff_land_in_admin_members_on_their_leads(client: Client, amara: Member) -> None:
    moderator = MemberFactory(password=PASSWORD, is_staff=True)

    assert log_in(client, amara.email)["Location"] == reverse("offerboard:my_leads")
    assert log_in(Client(), moderator.email)["Location"] == reverse("admin:index")
    assert log_in(Client(), moderator.email, next=PROFILE)["Location"] == PROFILE


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_log_in_leads_to_no_other_site(client: Client, amara: Member, elsewhere: str) -> None:
    assert log_in(client, amara.email, next=elsewhere)["Location"] == reverse("offerboard:my_leads")
