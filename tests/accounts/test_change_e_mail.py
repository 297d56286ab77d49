"""Another e-mail address for an account."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.accounts.people import link_in, log_in, mails_to
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
NEW = "amara@new.example.com"


@pytest.fixture
def amara(client: Client) -> Member:
    member = MemberFactory(email="amara@example.com", password=PASSWORD)
    log_in(client, member.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return member


def test_asks_for_the_password_first(amara: Member) -> None:
    client = Client()
    log_in(client, amara.email)

    response = client.post(reverse("account_email"), {"email": NEW, "action_add": ""})

    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert mails_to(NEW) == []


def test_counts_once_it_is_confirmed_and_the_old_one_is_told(client: Client, amara: Member) -> None:
    client.post(reverse("account_email"), {"email": "Amara@New.example.com", "action_add": ""})
    amara.refresh_from_db()
    assert amara.email == "amara@example.com"
    assert NEW in client.get(reverse("accounts:profile")).content.decode()

    client.post(link_in(mails_to(NEW)[0]))

    amara.refresh_from_db()
    assert amara.email == NEW
    notice = mails_to("amara@example.com")[-1]
    assert notice.subject == "Your e-mail address was changed"
    assert f"now {NEW}" in notice.text


def test_the_address_of_another_account_is_never_taken_and_nobody_learns_of_it(client: Client, amara: Member) -> None:
    MemberFactory(email=NEW)

    answer = client.post(reverse("account_email"), {"email": NEW, "action_add": ""})
    client.post(link_in(mails_to(NEW)[0]))

    amara.refresh_from_db()
    assert (answer.status_code, amara.email) == (302, "amara@example.com")


def test_an_address_that_somebody_signs_up_with_meanwhile_is_refused_in_words(client: Client, amara: Member) -> None:
    """The other one has not confirmed it, so only the database knows that it is taken."""
    client.post(reverse("account_email"), {"email": NEW, "action_add": ""})
    other = MemberFactory(email=NEW)
    EmailAddress.objects.filter(user=other).delete()

    answer = client.post(link_in(mails_to(NEW)[0]), follow=True)

    amara.refresh_from_db()
    assert (answer.status_code, amara.email) == (200, "amara@example.com")
