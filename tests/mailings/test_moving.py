"""A member who has another mailbox gets there what waits, and the old one gets what it has to know."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from mailings import tasks
from mailings.delivery.campaigns import advance
from mailings.delivery.claiming import claim
from mailings.delivery.marking import ready_to_mark
from mailings.delivery.sending import Shift
from mailings.models import Campaign, Delivery
from mailings.services import queue_message
from mailings.services.moving import move_mail
from mailings.services.recalling import recall_digests
from mailings.writing.composing import letter_of
from privacy.digests import digest_now
from privacy.models import Suppression
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, ends, figures, release, send_all, write
from tests.mailings.catcher import Catcher
from tests.waiting import wait_for

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


@pytest.mark.django_db(transaction=True)
def test_a_member_who_moves_and_chooses_never_at_one_moment_can_do_both() -> None:
    """Both write to the same mails; one that takes them in another order than the other would wait for it for ever."""
    first, second = sorted([uuid4(), uuid4()])
    for pk in (second, first):  # on the disk the other way round
        row = owe()
        row.delete()
        row.pk, row.gathered = pk, {"reply": ["1"]}
        row.save(force_insert=True)

    with ThreadPoolExecutor(2) as workers:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(pk=first)
            never = workers.submit(in_thread, lambda: recall_digests(to=OLD, kind="reply"))
            wait_for(never)
            moved = workers.submit(in_thread, lambda: move_mail(before=OLD, after=NEW))
            time.sleep(0.2)
        never.result()
        moved.result()

    assert {(row.state, row.to) for row in Delivery.objects.all()} == {("suppressed", OLD)}


def in_thread(work: Callable[[], Any]) -> Any:
    """With a connection of its own."""
    try:
        return work()
    finally:
        connection.close()


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


def announce(member: Member) -> Campaign:
    """To this member alone, written down and not yet sent."""
    others = Member.objects.exclude(pk=member.pk)
    campaign = release(write("announcement"))
    EmailAddress.objects.filter(user__in=others).update(verified=False)
    advance(now=NOW)
    assert ends(campaign) == {OLD: "pending"}
    return campaign


@pytest.mark.parametrize(
    "waits",
    [
        {},
        {"attempts": 3, "not_before": NOW - timedelta(minutes=1), "error": "451 Later"},
        {"state": "claimed", "lease_until": NOW + timedelta(minutes=2)},
    ],
)
def test_an_announcement_that_is_being_sent_goes_to_the_new_mailbox(
    amara: Member, catcher: Catcher, waits: dict[str, Any]
) -> None:
    """It goes to every member."""
    campaign = announce(amara)
    Delivery.objects.filter(campaign=campaign).update(**waits)

    change_address(amara)
    send_all()

    assert catcher.recipients == [NEW]
    assert (ends(campaign), figures(campaign)) == ({NEW: "sent"}, {"audience": 1, "sent": 1})


def test_an_announcement_goes_once_to_a_mailbox_that_has_it_already(amara: Member, catcher: Catcher) -> None:
    """Which somebody else had, until they left."""
    campaign = announce(amara)
    _key_id, digest = digest_now(Suppression.Kind.EMAIL, NEW)
    Delivery.objects.create(
        campaign=campaign, kind="announcement", to=NEW, digest=digest, state="sent", queued_at=NOW, not_before=NOW
    )

    change_address(amara)
    send_all()

    assert (catcher.recipients, ends(campaign)) == ([], {OLD: "suppressed", NEW: "sent"})


def test_an_announcement_that_was_sent_is_not_sent_again(amara: Member, catcher: Catcher) -> None:
    campaign = announce(amara)
    send_all()

    change_address(amara)
    send_all()

    assert (catcher.recipients, ends(campaign)) == ([OLD], {OLD: "sent"})


@pytest.mark.django_db(transaction=True)
def test_an_announcement_whose_readers_are_being_found_at_that_moment_follows_too(
    amara: Member, catcher: Catcher
) -> None:
    """Whoever finds them has read the old address."""
    campaign = release(write("announcement"))
    Campaign.objects.update(state="materialising", began_at=NOW)

    def change() -> None:
        try:
            change_address(amara)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
            _key_id, digest = digest_now(Suppression.Kind.EMAIL, OLD)
            Delivery.objects.create(
                campaign=campaign, kind="announcement", to=OLD, digest=digest, queued_at=NOW, not_before=NOW
            )
            changing = pool.submit(change)
            wait_for(changing)
        changing.result(120)
    send_all()

    assert (NEW in catcher.recipients, OLD in ends(campaign)) == (True, False)


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
