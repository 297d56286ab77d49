"""Receivers are told through channels, again after two weeks, and confirm; files in a folder are the example."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from privacy import channels, periodic
from privacy.channels import Confirmation, NotReached, register_channel
from privacy.file_channel import FileChannel
from privacy.models import Receipt
from privacy.services import receipts as services
from tests.factories import NOW
from tests.privacy.receivers import PHONE, Letterbox, fresh, owe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
TWO_WEEKS = timedelta(days=14, seconds=1)


@pytest.fixture(autouse=True)
def no_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_channels", {})


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
