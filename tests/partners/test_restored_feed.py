"""A restored copy is noticed by the note outside of the database, also the second time, and by whoever starts first."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from partners import periodic
from partners.epochs import begin_epoch, begin_epoch_if_restored, was_restored
from partners.models import Feed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def note(settings: Any, tmp_path: Path) -> Path:
    """Where it is written; nothing is at first."""
    settings.ERASURE_LEDGER = tmp_path / "ledger" / "erasures.jsonl"
    return tmp_path / "ledger" / "feed.json"


def start() -> None:
    """As each release does."""
    call_command("begin_epoch", if_restored=True, verbosity=0)


def feed() -> tuple[UUID, int]:
    return Feed.objects.values_list("epoch", "last").get()


def moved_on(last: int) -> tuple[UUID, int]:
    """The feed at a later position, which is noted: what a copy that is made now knows."""
    Feed.objects.update(last=last)
    periodic.note_position()
    return feed()


def restore(copy: tuple[UUID, int]) -> None:
    Feed.objects.update(epoch=copy[0], last=copy[1])


def test_the_first_start_has_no_note_and_begins_nothing(note: Path) -> None:
    before = feed()
    start()

    assert (feed(), note.exists()) == (before, False)


def test_a_start_in_the_middle_of_life_begins_nothing() -> None:
    """The feed has gone on since the last note."""
    moved_on(100)
    Feed.objects.update(last=140)
    before = feed()
    start()

    assert feed() == before


def test_a_copy_that_is_older_than_an_earlier_restore_is_noticed_too() -> None:
    """It knows the epoch before, whose cursors would be good again once the new history reaches their numbers."""
    old = moved_on(50)
    moved_on(100)
    restore(old)
    start()
    second = moved_on(60)
    restore(old)
    was = was_restored()
    start()

    assert (was, was_restored()) == (True, False)
    assert feed()[0] not in {old[0], second[0]}


def test_a_new_epoch_is_noted_at_once_and_the_next_start_begins_no_other(note: Path) -> None:
    moved_on(100)
    begun = begin_epoch()
    start()

    assert feed() == (begun, 100)
    assert json.loads(note.read_text()) == {"epoch": begun.hex, "last": 100}


def test_beat_that_runs_on_over_a_restore_does_not_write_over_what_shows_it() -> None:
    """It begins the new epoch itself."""
    old = moved_on(50)
    moved_on(100)
    restore(old)
    periodic.note_position()

    assert feed()[0] != old[0]
    assert (feed()[1], was_restored()) == (50, False)


def test_of_two_hosts_that_start_at_once_one_begins_an_epoch() -> None:
    old = moved_on(50)
    moved_on(100)
    restore(old)

    def in_a_thread(do: Callable[[], UUID | None]) -> UUID | None:
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        begun = [one for one in pool.map(in_a_thread, [begin_epoch_if_restored] * 2) if one is not None]

    assert begun == [feed()[0]]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"epoch": 7}'])
def test_a_note_that_cannot_be_read_is_none(note: Path, text: str) -> None:
    """And is written anew."""
    before = moved_on(50)
    note.write_text(text)
    start()
    periodic.note_position()

    assert feed() == before
    assert json.loads(note.read_text()) == {"epoch": before[0].hex, "last": 50}


def test_readers_export_again_also_where_the_note_cannot_be_written(note: Path) -> None:
    """Its folder is a file."""
    before = feed()
    note.parent.write_text("")
    begin_epoch()

    assert feed()[0] != before[0]
