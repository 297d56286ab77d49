"""A member who has another mailbox gets there what waits, and the old one gets what it has to know."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from mailings import tasks
from mailings.delivery.campaigns import advance
from mailings.delivery.claiming import claim
from mailings.delivery.marking import ready_to_mark
from mailings.delivery.sending import Shift
from mailings.models import Delivery
from mailings.services import queue_message
from mailings.services.moving import move_mail
from mailings.writing.composing import letter_of
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, release, send_all, write
from tests.mailings.catcher import Catcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
OLD, NEW = "amara@example.com", "amara@new.example.org"
REFUSABLE = ["digest", "new_leads", "suggestions", "inquiry_received"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def amara() -> Member:
    return MemberFactory(email=OLD)


def owe(template: str = "digest", *, to: str = OLD, asked_for: bool = False, **changes: Any) -> Delivery:
    """A mail that waits."""
    words = {"language": "en", "subject": "x", "text": "y", "html": "", "now": NOW}
    row = queue_message(template=template, to=to, asked_for=asked_for, **words)  # type: ignore[arg-type]
    Delivery.objects.filter(pk=row.pk).update(**changes)
    return row


def change_address(member: Member) -> None:
    """By the link in the mail to the new one."""
    address = EmailAddress.objects.create(user=member, email=NEW)
    Client().post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]))
    member.refresh_from_db()
    assert member.email == NEW


def receivers() -> list[tuple[str, str, str]]:
    return sorted(Delivery.objects.values_list("template", "to", "domain"))


@pytest.mark.parametrize(
    "waits",
    [
        {"state": "pending"},
        {"state": "pending", "attempts": 3, "not_before": NOW + timedelta(hours=1), "error": "451 Later"},
        {"state": "claimed", "lease_until": NOW + timedelta(minutes=2)},
        {"to": OLD.upper()},
    ],
)
def test_what_a_member_chose_to_be_told_follows_them(amara: Member, waits: dict[str, Any]) -> None:
    for template in REFUSABLE:
        owe(template, **waits)

    change_address(amara)

    mails = Delivery.objects.filter(template__in=REFUSABLE)
    assert set(mails.values_list("to", "domain", "state", "lease_until")) == {(NEW, "new.example.org", "pending", None)}


def test_the_old_mailbox_is_told_of_the_change_and_of_what_was_owed_before(amara: Member) -> None:
    owe("account_notice", asked_for=True)
    owe("digest", asked_for=True)

    change_address(amara)

    assert {row[:2] for row in receivers()} == {("account_notice", OLD), ("digest", OLD)}
    assert Delivery.objects.filter(template="account_notice").count() == 2


@pytest.mark.parametrize("template", ["confirm_subscription", "invitation"])
def test_a_link_for_the_old_mailbox_goes_there(amara: Member, template: str) -> None:
    row = owe(template)

    change_address(amara)

    row.refresh_from_db()
    assert (row.to, row.state) == (OLD, "pending")


@pytest.mark.parametrize("state", ["in_flight", "sent", "bounced", "uncertain"])
def test_what_has_begun_to_leave_or_is_over_stays_as_it_is(amara: Member, state: str) -> None:
    row = owe(state=state, lease_until=NOW + timedelta(minutes=2))

    change_address(amara)

    row.refresh_from_db()
    assert (row.to, row.state, row.lease_until) == (OLD, state, NOW + timedelta(minutes=2))


def test_the_mail_of_others_stays_with_them(amara: Member) -> None:
    owe(to="linh@example.com")

    change_address(amara)

    assert ("digest", "linh@example.com", "example.com") in receivers()


def test_an_address_that_is_confirmed_for_the_first_time_moves_nothing(client: Client) -> None:
    member = MemberFactory(email=OLD)
    EmailAddress.objects.update(verified=False)
    owe()

    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(EmailAddress.objects.get()).key]))

    assert EmailAddress.objects.get(user=member).verified is True
    assert receivers() == [("digest", OLD, "example.com")]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_claimed_it_sends_it_nowhere_and_the_next_one_to_the_new_mailbox(catcher: Catcher) -> None:
    owe()
    rows, shift = claim(now=NOW), Shift()
    move_mail(before=OLD, after=NEW)

    with ready_to_mark():
        shift.hand_over(rows, letter_of)
        shift.hang_up()
    before = list(catcher.recipients)
    tasks.send_due_mail()

    assert (before, [str(mail["To"]) for mail in catcher.mails]) == ([], [NEW])
    assert Delivery.objects.get().state == "sent"


def test_marketing_that_waits_goes_to_neither(amara: Member, catcher: Catcher) -> None:
    """The next one goes to the new mailbox."""
    agree(amara)
    release(write())
    advance(now=NOW)

    change_address(amara)
    send_all()
    before = list(catcher.recipients)
    release(write())
    send_all()

    assert (before, catcher.recipients) == ([], [NEW])
