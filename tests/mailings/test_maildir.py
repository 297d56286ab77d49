"""The mailbox of what came back: read once, put aside, forgotten after a week."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from mailings import periodic
from mailings.models import Delivery, MailReport
from mailings.returning import maildir
from mailings.returning.reading import MOST
from privacy.models import Suppression
from tests.factories import NOW
from tests.mailings.returning import AMARA, away, complaint, postfix, sent_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An empty maildir, as a mail server makes it."""
    for name in ("tmp", "new", "cur"):
        (tmp_path / "box" / name).mkdir(parents=True)
    settings.BOUNCE_MAILDIR = str(tmp_path / "box")
    with time_machine.travel(NOW, tick=False):
        yield tmp_path / "box"


def put(box: Path, name: str, raw: bytes) -> Path:
    file = box / "new" / name
    file.write_bytes(raw)
    at = NOW.timestamp()
    os.utime(file, (at, at))
    return file


def names(box: Path, folder: str) -> list[str]:
    return sorted(file.name for file in (box / folder).iterdir()) if (box / folder).is_dir() else []


def test_what_came_back_is_read_once_and_put_aside(box: Path) -> None:
    row, other = sent_mail(), sent_mail("kofi@example.com")
    put(box, "1764403200.M1.mx", postfix(row))
    put(box, "1764403201.M2.mx", away(row))
    put(box, "1764403202.M3.mx", complaint(other))
    (box / "tmp" / "1764403203.M4.mx").write_bytes(postfix(other))  # is still being written

    periodic.read_returned()
    periodic.read_returned()

    assert names(box, "new") == []
    assert names(box, "cur") == [f"176440320{number}.M{number + 1}.mx:2,S" for number in range(3)]
    assert list(MailReport.objects.order_by("pk").values_list("kind", "source")) == [
        ("hard", "maildir"), ("complaint", "maildir"),
    ]  # fmt: skip


def test_a_file_that_is_read_again_after_a_crash_counts_once(box: Path) -> None:
    """The worker died after the commit and before it moved the file."""
    row = sent_mail()
    put(box, "1.a", postfix(row))
    periodic.read_returned()
    put(box, "1.a", postfix(row))

    periodic.read_returned()

    assert (MailReport.objects.count(), names(box, "new"), names(box, "cur")) == (1, [], ["1.a:2,S"])


def test_unreadable_files_are_kept_apart_and_hold_up_nobody(box: Path) -> None:
    row = sent_mail()
    secret = box.parent / "secret"
    secret.write_bytes(postfix(sent_mail("kofi@example.com")))
    put(box, "1.huge", b"To: x\r\n" + b"x" * MOST)
    put(box, "2.empty", b"")
    (box / "new" / "3.link").symlink_to(secret)
    (box / "new" / "4.folder").mkdir()
    put(box, "5.bounce", postfix(row))

    periodic.read_returned()

    assert names(box, ".unreadable/cur") == ["1.huge:2,S", "2.empty:2,S", "3.link:2,S", "4.folder:2,S"]
    assert (names(box, "new"), names(box, "cur")) == ([], ["5.bounce:2,S"])
    assert list(Delivery.objects.filter(state="bounced").values_list("to", flat=True)) == [AMARA]
    assert secret.exists()


def test_a_file_that_cannot_be_moved_holds_up_none_behind_it(box: Path) -> None:
    """It is the oldest, and tried again each time; what it says counts once."""
    first, second = sent_mail(), sent_mail("kofi@example.com")
    long = "1" * 253  # with what is added to it, longer than a name may be
    put(box, long, postfix(first))
    put(box, "2.bounce", postfix(second))

    periodic.read_returned()
    periodic.read_returned()

    assert (names(box, "new"), names(box, "cur")) == ([long], ["2.bounce:2,S"])
    assert MailReport.objects.count() == 2


def test_without_a_place_for_unreadable_files_the_others_are_read(box: Path) -> None:
    (box / ".unreadable").write_bytes(b"somebody put a file here")
    put(box, "1.empty", b"")
    put(box, "2.bounce", postfix(sent_mail()))

    periodic.read_returned()

    assert (names(box, "new"), names(box, "cur")) == (["1.empty"], ["2.bounce:2,S"])


def test_a_folder_is_forgotten_with_the_mails_in_it_and_none_behind_it_is_kept(box: Path) -> None:
    """Of a link, only the link goes."""
    outside = put(box, "0.outside", b"").rename(box.parent / "outside")
    folder = box / ".unreadable" / "cur" / "1.folder:2,S"
    folder.mkdir(parents=True)
    (folder / "mail").write_bytes(postfix(sent_mail()))
    (folder.parent / "2.link:2,S").symlink_to(box.parent)
    (folder.parent / "3.old:2,S").write_bytes(b"")
    for file in folder.parent.iterdir():
        os.utime(file, (NOW.timestamp(), NOW.timestamp()), follow_symlinks=False)

    maildir.forget_old(now=NOW + timedelta(days=7, seconds=1))

    assert (names(box, ".unreadable/cur"), outside.exists()) == ([], True)


def test_after_a_week_the_files_go(box: Path) -> None:
    put(box, "1.a", postfix(sent_mail()))
    put(box, "2.empty", b"")
    periodic.read_returned()
    for name in (".unreadable/cur/2.empty:2,S", "cur/1.a:2,S"):
        assert (box / name).exists()

    maildir.forget_old(now=NOW + timedelta(days=7))
    assert (names(box, "cur"), names(box, ".unreadable/cur")) == (["1.a:2,S"], ["2.empty:2,S"])
    waits = put(box, "3.waits", postfix(sent_mail()))
    maildir.forget_old(now=NOW + timedelta(days=7, seconds=1))

    assert (names(box, "cur"), names(box, ".unreadable/cur"), waits.exists()) == ([], [], True)


@pytest.mark.parametrize("place", ["", "/nowhere/at/all"])
def test_without_a_maildir_nothing_happens(place: str, settings: Any) -> None:
    settings.BOUNCE_MAILDIR = place

    periodic.read_returned()

    assert (MailReport.objects.count(), Suppression.objects.count()) == (0, 0)
