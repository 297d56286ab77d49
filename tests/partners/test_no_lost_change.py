"""A reader that follows the feed while many write has every change; one that goes by time has not."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from offerboard.models import Lead
from partners.models import Mark
from tests.factories import CategoryFactory, CompanyFactory
from tests.partners.mirroring import mirrored, new_mirror, whole
from tests.partners.writing import Writer, late_post, long_transaction, post

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


@dataclass(frozen=True)
class Outcome:
    """How a race ended."""

    failures: list[str]
    commits: int
    held: int  # marks that were not numbered while the long transaction ran
    mirrored: dict[str, dict[str, Any]]
    public: dict[str, dict[str, Any]]
    missed_by_time: set[str]  # public leads that the usual reader has never seen


def race(live_server: LiveServer, file: Path, *, seconds: int) -> Outcome:
    """Writers, a long transaction and two readers."""
    company, category = CompanyFactory(), CategoryFactory()
    mirror, naive = new_mirror(live_server.url, file), NaiveReader()
    mirror.sync()
    ends_at = time.monotonic() + seconds
    writers = [Writer(seed, until=ends_at, at_least=seconds + 1) for seed in range(WRITERS)]
    with long_transaction():
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            mirror.sync()
            naive.look()
            time.sleep(PAUSE)
        with late_post(company, category):  # one that goes by time loses this in any case, and others as it happens
            post(company, category)
            naive.look()
        mirror.sync()
        naive.look()
        held = Mark.objects.count()
    public = whole()
    return Outcome(
        failures=[writer.failure for writer in writers if writer.failure],
        commits=sum(writer.commits for writer in writers),
        held=held,
        mirrored=mirrored(mirror),
        public=public,
        missed_by_time=set(public["lead"]) - naive.seen,
    )


def test_a_mirror_of_a_busy_market_is_exact(live_server: LiveServer, tmp_path: Path) -> None:
    """Eight writers who take their time, and one transaction that was there before all of them.

    The usual reader, who goes by time, loses leads in the same race.
    """
    outcome = race(live_server, tmp_path / "mirror.sqlite", seconds=8)

    assert (outcome.failures, outcome.held) == ([], 0)
    assert outcome.commits > 8 * WRITERS
    assert outcome.mirrored == outcome.public
    assert outcome.missed_by_time


@pytest.mark.long
def test_a_mirror_of_a_busy_market_is_exact_for_a_minute(live_server: LiveServer, tmp_path: Path) -> None:
    """The same for longer."""
    outcome = race(live_server, tmp_path / "mirror.sqlite", seconds=60)

    assert (outcome.failures, outcome.held) == ([], 0)
    assert outcome.commits > 60 * WRITERS
    assert outcome.mirrored == outcome.public
    assert outcome.missed_by_time
