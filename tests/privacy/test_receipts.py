"""Receivers are told what was corrected or erased, again after two weeks, and confirm; staff see who has not."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from privacy import channels, periodic
from privacy.channels import Confirmation, NotReached, register_channel
from privacy.erasing.receivers import tell_receivers
from privacy.file_channel import FileChannel
from privacy.models import Disclosure, Receipt, SubjectRequest
from privacy.services import receipts as services
from tests.factories import NOW, MemberFactory
from tests.privacy.receivers import Letterbox, given_to, outside
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
PHONE, EMAIL = "accounts.Member.phone", "accounts.Member.email"
CHANGE = Receipt.Change
LIST = reverse("admin:privacy_receipt_changelist")
TWO_WEEKS = timedelta(days=14, seconds=1)


@pytest.fixture(autouse=True)
def no_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_channels", {})


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def leaving(member: Any) -> SubjectRequest:
    return SubjectRequest.objects.create(
        kind="erasure", member=member, state="running", received_at=NOW, due_at=NOW + timedelta(days=30)
    )


def owe(*names: str, kind: str = "partner") -> list[Receipt]:
    """Receivers that must delete somebody."""
    member = MemberFactory()
    for name in names:
        outside(kind, name), given_to(name, member, PHONE)
    tell_receivers(request=leaving(member), members=[member.pk], change=CHANGE.ERASE, now=NOW)
    return list(Receipt.objects.filter(request__member=member).order_by("receiver_name"))


def fresh(receipt: Receipt) -> Receipt:
    receipt.refresh_from_db()
    return receipt


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


# --- through a channel ----------------------------------------------------------------------------------------------


@pytest.mark.promise("receivers-told")
def test_a_receiver_is_told_once_and_reminded_once_under_one_reference() -> None:
    (receipt,) = owe("Partner")
    box = Letterbox()
    register_channel(receipt.receiver_key, box)
    reference = str(receipt.reference)

    for _time in range(2):
        services.tell_by_channel(now=NOW)
    assert (box.told, fresh(receipt).told_at) == ([(reference, False)], NOW)

    services.tell_by_channel(now=NOW + timedelta(days=14))
    assert len(box.told) == 1
    for _time in range(2):
        services.tell_by_channel(now=NOW + TWO_WEEKS)
    assert box.told == [(reference, False), (reference, True)]
    assert fresh(receipt).reminded_at == NOW + TWO_WEEKS


def test_who_has_confirmed_is_not_reminded() -> None:
    (receipt,) = owe("Partner")
    box = Letterbox()
    register_channel("partner", box)
    services.tell_by_channel(now=NOW)
    services.confirm_receipt(receipt=receipt, proof="Done.", now=NOW)

    services.tell_by_channel(now=NOW + TWO_WEEKS)

    assert len(box.told) == 1


def test_a_receivers_own_channel_comes_before_that_of_its_kind_and_without_one_staff_tell() -> None:
    own, other = owe("Own", "Other")
    (court,) = owe("Court", kind="authority")
    boxes = Letterbox(), Letterbox()
    own, other = other, own  # by name: Other, Own
    register_channel(own.receiver_key, boxes[0])
    register_channel("partner", boxes[1])

    services.tell_by_channel(now=NOW)

    assert [[reference for reference, _again in box.told] for box in boxes] == [
        [str(own.reference)],
        [str(other.reference)],
    ]
    assert fresh(court).told_at is None


def test_a_receiver_that_cannot_be_reached_is_tried_again_and_keeps_nobody_waiting() -> None:
    away, here = owe("Away", "Here")
    boxes = {"Away": Letterbox(away=True), "Here": Letterbox()}
    register_channel(away.receiver_key, boxes["Away"])
    register_channel(here.receiver_key, boxes["Here"])

    services.tell_by_channel(now=NOW)
    assert (fresh(away).told_at, fresh(here).told_at) == (None, NOW)

    boxes["Away"].away = False
    services.tell_by_channel(now=NOW)
    assert fresh(away).told_at == NOW


def test_a_worker_killed_after_telling_tells_again_under_the_same_reference() -> None:
    (receipt,) = owe("Partner")

    class Dying(Letterbox):
        def tell(self, receipt: Receipt) -> None:
            super().tell(receipt)
            if len(self.told) == 1:
                raise KeyboardInterrupt

    box = Dying()
    register_channel("partner", box)
    with pytest.raises(KeyboardInterrupt):
        services.tell_by_channel(now=NOW)
    assert fresh(receipt).told_at is None

    services.tell_by_channel(now=NOW)

    assert box.told == [(str(receipt.reference), False)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_nobody_twice() -> None:
    receipts = owe(*(f"Partner {number}" for number in range(6)))
    box, together = Letterbox(), Barrier(2)
    register_channel("partner", box)

    def work(_number: int) -> None:
        together.wait()
        try:
            services.tell_by_channel(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    services.tell_by_channel(now=NOW)

    assert sorted(box.told) == sorted((str(receipt.reference), False) for receipt in receipts)


def test_a_second_channel_to_one_receiver_is_a_programming_error() -> None:
    register_channel("partner", Letterbox())

    with pytest.raises(ValueError, match="channel to partner already"):
        register_channel("partner", Letterbox(told=[("x", True)]))


# --- confirmations --------------------------------------------------------------------------------------------------


def test_a_confirmation_ends_it_and_forgets_whom_it_was_about() -> None:
    (receipt,) = owe("Partner")
    register_channel("partner", Letterbox(answers=[Confirmation(receipt.reference, " Deleted, ticket 4711. ")]))

    for _time in range(2):
        services.collect_confirmations(now=NOW)

    receipt = fresh(receipt)
    assert (receipt.confirmed_at, receipt.proof, receipt.person) == (NOW, "Deleted, ticket 4711.", "")


def test_nobody_confirms_for_another_without_words_or_what_does_not_exist() -> None:
    mine, theirs = owe("Mine", "Theirs")
    answers = [
        Confirmation(theirs.reference, "Done."),
        Confirmation(uuid4(), "Done."),
        Confirmation(mine.reference, " "),
    ]
    register_channel(mine.receiver_key, Letterbox(answers=answers))

    services.collect_confirmations(now=NOW)

    assert not Receipt.objects.exclude(confirmed_at=None).exists()
    with pytest.raises(services.ProofMissing):
        services.confirm_receipt(receipt=mine, proof=" ", now=NOW)


def test_a_receiver_whose_confirmations_cannot_be_read_keeps_nobody_waiting() -> None:
    away, here = owe("Away", "Here")

    class Gone(Letterbox):
        def confirmed(self) -> Iterator[Confirmation]:
            raise NotReached

    register_channel(away.receiver_key, Gone())
    register_channel(here.receiver_key, Letterbox(answers=[Confirmation(here.reference, "Done.")]))

    services.collect_confirmations(now=NOW)

    assert (fresh(away).confirmed_at, fresh(here).confirmed_at) == (None, NOW)


def test_a_second_confirmation_changes_nothing() -> None:
    (receipt,) = owe("Partner")
    first = services.confirm_receipt(receipt=receipt, proof="First.", now=NOW)
    second = services.confirm_receipt(receipt=receipt, proof="Second.", now=NOW + timedelta(days=1))

    assert (first, second, fresh(receipt).proof, receipt.confirmed_at) == (True, False, "First.", NOW)


# --- the example channel --------------------------------------------------------------------------------------------


def test_the_example_tells_by_files_and_reads_confirmations_from_another_folder(tmp_path: Path) -> None:
    (receipt,) = owe("Partner")
    channel = FileChannel(out=tmp_path / "told", back=tmp_path / "back")
    register_channel(receipt.receiver_key, channel)
    name = f"{receipt.reference}.json"

    periodic.tell_receivers()
    told = json.loads((channel.out / name).read_text())
    assert told == {
        "reference": str(receipt.reference),
        "change": "erase",
        "person": receipt.person,
        "columns": [PHONE],
        "confirm_by": (NOW + timedelta(days=30)).isoformat(),
        "reminder": False,
    }

    channel.back.mkdir()
    (channel.back / name).write_text('{"proof": "Deleted."}')
    periodic.tell_receivers()

    assert fresh(receipt).proof == "Deleted."
    assert [path.relative_to(channel.back).as_posix() for path in channel.back.rglob("*.json")] == [f"read/{name}"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '"x"',
        '{"proof": "' + "x" * 70_000 + '"}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1") + "{",
    ],
)
def test_what_is_no_confirmation_is_put_aside_and_confirms_nothing(tmp_path: Path, content: str) -> None:
    (receipt,) = owe("Partner")
    channel = FileChannel(out=tmp_path / "told", back=tmp_path / "back")
    register_channel(receipt.receiver_key, channel)
    channel.back.mkdir()
    (channel.back / f"{receipt.reference}.json").write_text(content)
    (channel.back / "passwd.json").write_text('{"proof": "Deleted."}')

    periodic.tell_receivers()

    assert fresh(receipt).confirmed_at is None
    assert len(list((channel.back / "unreadable").iterdir())) == 2


def test_a_confirmation_that_could_not_be_noted_is_read_again(tmp_path: Path) -> None:
    (receipt,) = owe("Partner")
    channel = FileChannel(out=tmp_path / "told", back=tmp_path)
    (tmp_path / f"{receipt.reference}.json").write_text('{"proof": "Deleted."}')

    reading = channel.confirmed()
    assert next(reading).reference == receipt.reference
    reading.close()  # the worker is killed before it has noted it

    assert [said.proof for said in channel.confirmed()] == ["Deleted."]
    assert list(channel.confirmed()) == []


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
