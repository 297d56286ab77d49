"""Receivers outside are owed word of what was corrected or erased; staff and the person see who has not confirmed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from privacy.erasing.receivers import tell_receivers
from privacy.models import Disclosure, Receipt
from privacy.services import receipts as services
from tests.factories import NOW, MemberFactory
from tests.privacy.receivers import CHANGE, EMAIL, PHONE, fresh, given_to, leaving, outside, owe
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LIST = reverse("admin:privacy_receipt_changelist")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- who is told ----------------------------------------------------------------------------------------------------


@pytest.mark.promise("receivers-told")
def test_each_receiver_outside_is_owed_one_message_about_what_it_got() -> None:
    member = MemberFactory(full_name="Amara Okonkwo", email="amara@example.org")
    for kind in ("partner", "connected", "authority", "adviser", "insurer"):
        outside(kind, kind.title())
        given_to(kind.title(), member, PHONE, day=1)
    given_to("Partner", member, EMAIL, PHONE, day=2)

    told = tell_receivers(request=leaving(member), members=[member.pk], change=CHANGE.ERASE, now=NOW)

    receipts = list(Receipt.objects.order_by("receiver_name"))
    assert (told, [receipt.receiver_name for receipt in receipts]) == (
        5,
        ["Adviser", "Authority", "Connected", "Insurer", "Partner"],
    )
    assert {receipt.person for receipt in receipts} == {"Amara Okonkwo <amara@example.org>"}
    assert [receipt.columns for receipt in receipts] == [[PHONE]] * 4 + [[EMAIL, PHONE]]
    assert {(receipt.due_at, receipt.told_at) for receipt in receipts} == {(NOW + timedelta(days=30), None)}


def test_those_who_work_for_us_and_whom_the_person_wrote_to_are_not_told() -> None:
    member = MemberFactory()
    for kind in ("hosting", "mail"):
        outside(kind, kind)
        given_to(kind, member, PHONE)
    for kind, key in (("counterparty", "company:7"), ("staff", "member:3")):
        row = given_to("mail", member, EMAIL)
        Disclosure.objects.filter(pk=row.pk).update(receiver_kind=kind, receiver_key=key)

    assert tell_receivers(request=leaving(member), members=[member.pk], change=CHANGE.ERASE, now=NOW) == 0
    assert not Receipt.objects.exists()


def test_what_others_were_given_about_others_does_not_count() -> None:
    outside("partner", "Partner"), given_to("Partner", MemberFactory(), PHONE)
    member = MemberFactory()

    assert tell_receivers(request=leaving(member), members=[member.pk], change=CHANGE.ERASE, now=NOW) == 0


def test_called_again_it_owes_nobody_twice_and_a_rolled_back_erasure_owes_nobody() -> None:
    member = MemberFactory()
    outside("partner", "Partner"), given_to("Partner", member, PHONE)
    request = leaving(member)
    owed: dict[str, Any] = {"request": request, "members": [member.pk], "change": CHANGE.ERASE, "now": NOW}

    with transaction.atomic():
        tell_receivers(**owed)
        transaction.set_rollback(True)
    assert not Receipt.objects.exists()

    for _time in range(2):
        tell_receivers(**owed)
    assert Receipt.objects.count() == 1


# --- staff and the person -------------------------------------------------------------------------------------------


def test_the_work_list_has_what_is_overdue_on_top_and_what_is_confirmed_below() -> None:
    confirmed, fresh_one, late = owe("A confirmed", "B fresh", "C late")
    services.confirm_receipt(receipt=confirmed, proof="Done.", now=NOW)
    Receipt.objects.filter(pk=late.pk).update(due_at=NOW - timedelta(days=1))
    client = at_work(make_staff("privacy officer"))

    page = client.get(LIST).content.decode()

    places = [page.index(name) for name in ("C late", "B fresh", "A confirmed")]
    assert (places == sorted(places), page.count("overdue</b>")) == (True, 1)
    overdue = client.get(LIST, {"waiting": "overdue"}).content.decode()
    assert ("C late" in overdue, "B fresh" in overdue) == (True, False)
    assert fresh_one.reference != late.reference


def test_staff_note_that_they_told_and_how_it_was_confirmed() -> None:
    (receipt,) = owe("Court", kind="authority")
    client = at_work(make_staff("privacy officer"))
    page = reverse("admin:privacy_receipt_change", args=[receipt.pk])

    client.post(LIST, {"action": "told", "_selected_action": [receipt.pk]})
    assert (fresh(receipt).told_at, receipt.reminded_at) == (NOW, None)
    client.post(LIST, {"action": "told", "_selected_action": [receipt.pk]})
    assert fresh(receipt).reminded_at == NOW

    assert receipt.person.split(" <")[0] in client.get(page).content.decode()
    client.post(page, {"proof": " "})
    assert fresh(receipt).confirmed_at is None
    client.post(page, {"proof": "Letter of 3 March."})
    assert (fresh(receipt).proof, receipt.confirmed_at, receipt.person) == ("Letter of 3 March.", NOW, "")
    assert client.post(page, {"proof": "Another."}).status_code == 403


@pytest.mark.parametrize(
    "values",
    [{"confirmed_at": NOW, "person": ""}, {"confirmed_at": NOW, "proof": "Letter."}],
    ids=["without a proof", "with the person still named"],
)
def test_the_database_refuses_half_a_confirmation(values: dict[str, Any]) -> None:
    (receipt,) = owe("Court", kind="authority")
    before = Receipt.objects.values().get()

    with pytest.raises(IntegrityError, match="receipt_confirmed_is_proved"), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(**values)

    assert Receipt.objects.values().get() == before


def test_the_person_reads_who_was_told_and_who_confirmed() -> None:
    told, done = owe("Told Ltd", "Done Ltd")[::-1]
    services.note_told(receipts=[told.pk], now=NOW)
    services.confirm_receipt(receipt=done, proof="Letter.", now=NOW)
    clients = [Client(), Client()]
    for client, person in zip(clients, [told.request.member, MemberFactory()], strict=True):
        assert person is not None
        client.force_login(person)

    pages = [" ".join(client.get(reverse("privacy:received")).content.decode().split()) for client in clients]

    assert ("Told Ltd</bdi> (delete it): told on 22 Nov 2026" in pages[0], "Told Ltd" in pages[1]) == (True, False)
    assert "Done Ltd</bdi> (delete it): confirmed on 22 Nov 2026" in pages[0]
