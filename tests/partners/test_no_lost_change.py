"""A reader that follows the feed while many write has every change; one that goes by time has not."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from offerboard.models import Lead
from partners.models import Mark
from tests.factories import CategoryFactory, CompanyFactory
from tests.partners.mirroring import mirrored, new_mirror, whole
from tests.partners.writing import Writer, long_transaction

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, PAUSE = 8, 0.05


class NaiveReader:
    """Asks for what was changed since the newest change that it has seen, as most do."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        self.seen: set[str] = set()

    def look(self) -> None:
        """Remember what is new."""
        rows = Lead.objects.public(at=timezone.now())
        if self.since is not None:
            rows = rows.filter(updated_at__gt=self.since)
        for slug, updated_at in rows.order_by("updated_at").values_list("slug", "updated_at"):
            self.seen.add(slug)
            self.since = updated_at


def race(live_server: LiveServer, file: Path, *, seconds: float) -> None:
    """Writers, a long transaction and two readers; then compare."""
    CompanyFactory(), CategoryFactory()
    mirror, naive = new_mirror(live_server.url, file), NaiveReader()
    mirror.sync()
    writers = [Writer(seed, until=time.monotonic() + seconds) for seed in range(WRITERS)]
    with long_transaction():
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            mirror.sync()
            naive.look()
            time.sleep(PAUSE)
        mirror.sync()
        naive.look()
        held = Mark.objects.count()

    public = whole()
    assert [writer.failure for writer in writers] == [""] * WRITERS
    assert sum(writer.commits for writer in writers) > WRITERS * seconds
    assert held == 0  # the long transaction kept nothing back
    assert mirrored(mirror) == public
    assert set(public["lead"]) - naive.seen  # the same race, and what the usual way loses in it


def test_a_mirror_of_a_busy_market_is_exact(live_server: LiveServer, tmp_path: Path) -> None:
    """Eight writers who take their time, and one transaction that was there before all of them."""
    race(live_server, tmp_path / "mirror.sqlite", seconds=8)


@pytest.mark.long
def test_a_mirror_of_a_busy_market_is_exact_for_a_minute(live_server: LiveServer, tmp_path: Path) -> None:
    """The same for longer."""
    race(live_server, tmp_path / "mirror.sqlite", seconds=60)
