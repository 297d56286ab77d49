"""A sequencer that is killed at its work: nothing is lost, nothing is numbered twice, and readers see one order."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from partners.models import Change, Feed, Mark
from partners.numbering import number_changes
from tests.processes import environment_of_test
from tests.waiting import eventually, waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)
BATCH, MARKS = 10, 45
NUMBER = f"""
import django; django.setup()
from django.utils import timezone
from partners import numbering
numbering.BATCH = {BATCH}
numbering.number_changes(now=timezone.now())
"""


@pytest.fixture
def marks() -> None:
    """Of as many leads that went."""
    Mark.objects.bulk_create(Mark(kind="lead", key=f"lead-{number}") for number in range(MARKS))


@contextmanager
def sequencer() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own that numbers what there is."""
    process = subprocess.Popen([sys.executable, "-c", NUMBER], env=environment_of_test(), cwd=settings.BASE_DIR)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill_in_batch(number: int) -> None:
    """Killed when this batch, counted from 1, is under way and those before it are committed."""
    held = Mark.objects.order_by("pk").values_list("pk", flat=True)[BATCH * (number - 1)]
    with transaction.atomic():
        Mark.objects.select_for_update().get(pk=held)
        with sequencer():
            assert eventually(waits_for_us)


def is_free() -> bool:
    """Whether PostgreSQL has noticed that whoever held the feed is dead."""
    with transaction.atomic():
        return Feed.objects.select_for_update(skip_locked=True).exists()


def seen_by_a_reader(after: int) -> list[tuple[int, str]]:
    """What lies behind a position, up to where the feed says that it has come."""
    last = Feed.objects.get().last
    rows = Change.objects.filter(position__gt=after, position__lte=last).order_by("position")
    return list(rows.values_list("position", "key"))


@pytest.mark.usefixtures("marks")
def test_a_kill_in_the_middle_loses_nothing_and_numbers_nothing_twice() -> None:
    """A thing that were numbered again would leave a gap where it was before."""
    seen: list[tuple[int, str]] = []
    for batch in (3, 1, 2):  # the second one dies before it has committed anything
        kill_in_batch(batch)
        assert eventually(is_free)
        seen += seen_by_a_reader(after=len(seen))
    by_then = len(seen)
    number_changes(now=timezone.now())
    seen += seen_by_a_reader(after=by_then)

    assert by_then == 3 * BATCH
    assert seen == [(number + 1, f"lead-{number}") for number in range(MARKS)]
    assert (Mark.objects.count(), Feed.objects.get().last) == (0, MARKS)
    assert Change.objects.aggregate(last=Max("position")) == {"last": MARKS}


@pytest.mark.usefixtures("marks")
def test_what_waits_for_a_dead_sequencer_is_numbered_by_whoever_reads_next() -> None:
    """Beat is dead too: the next call of the feed does it."""
    kill_in_batch(2)
    assert eventually(is_free)
    left = Mark.objects.count()
    Mark.objects.create(kind="lead", key="lead-0")  # changes once more
    number_changes(now=timezone.now())

    assert left == MARKS - BATCH
    assert Change.objects.get(key="lead-0").position == MARKS + 1
    assert Change.objects.count() == MARKS
