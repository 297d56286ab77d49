"""A member whose mail came back gets mail again once a mailed link was followed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services.suppression import suppress
from tests.accounts.people import link_in, mails_to
from tests.factories import NOW, MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
NEW = "another-long-word-7"


@pytest.fixture
def amara() -> Member:
    return MemberFactory(email="amara@example.com")


def follow_the_link(client: Client, member: Member, *, choose: bool) -> None:
    client.post(reverse("account_reset_password"), {"email": member.email})
    form = client.get(link_in(mails_to(member.email)[-1]), follow=True)
    if choose:
        client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})


@pytest.mark.parametrize(
    ("reason", "stays"), [("bounced", False), ("complained", True), ("erased", True), ("removed", True)]
)
def test_a_new_password_by_a_mailed_link_proves_the_mailbox(amara: Member, reason: str, stays: bool) -> None:
    """And takes back no wish."""
    suppress(kind="email", value=amara.email, reason=Suppression.Reason(reason), now=NOW)
    suppress(kind="email", value="kofi@example.com", reason=Suppression.Reason.BOUNCED, now=NOW)

    follow_the_link(Client(), amara, choose=True)

    amara.refresh_from_db()
    assert amara.check_password(NEW)
    assert (is_suppressed("email", amara.email), is_suppressed("email", "kofi@example.com")) == (stays, True)


def test_opening_the_link_alone_proves_nothing(amara: Member) -> None:
    """Scanners follow links too."""
    suppress(kind="email", value=amara.email, reason=Suppression.Reason.BOUNCED, now=NOW)

    follow_the_link(Client(), amara, choose=False)

    assert is_suppressed("email", amara.email)
