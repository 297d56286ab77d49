"""Budget 10: a reader follows the change feed while eight write; what it misses, and how far it lags behind."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from marketplace.bench.clock import percentile
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from offerboard.models import Lead
from partners.models import Mark
from partners.numbering import number_changes
from partners.selectors.changes import changes_page, place_now
from partners.sources import sources

WRITERS, SECONDS, SLOWEST = 8, 20.0, 0.2
PAUSE = 0.1  # seconds between two looks of the reader
LAG = 2  # seconds


class _Writer(threading.Thread):
    """Changes its own leads one by one, each in a transaction that takes its time."""

    def __init__(self, leads: list[tuple[int, str]], *, until: float, seed: int) -> None:
        super().__init__()
        self.leads, self.until, self.chance = leads, until, Random(seed)  # noqa: S311 - the same every time is the point
        self.committed: dict[
            tuple[str, str], float
        ] = {}  # a lead's slug and packaging, and when everybody could see it

    def run(self) -> None:
        """Until the time is over; each change is told apart by what it writes."""
        try:
            while time.monotonic() < self.until:
                key, slug = self.chance.choice(self.leads)
                said = f"{self.chance.random()}"
                with transaction.atomic():
                    Lead.objects.filter(pk=key).update(packaging=said)
                    time.sleep(self.chance.uniform(0, SLOWEST))
                self.committed[slug, said] = time.monotonic()
        finally:
            connection.close()


def measure_following(market: Market) -> Iterator[Finding]:
    """Lost: leads whose last change never came. Lag: from a change's commit until the reader has it."""
    while Mark.objects.exists():  # of whatever was done to this market before
        number_changes(now=timezone.now())
    board = list(Lead.objects.public(at=market.now).order_by("pk").values_list("pk", "slug")[: WRITERS * 50])
    until = time.monotonic() + SECONDS
    writers = [_Writer(board[number::WRITERS], until=until, seed=number) for number in range(WRITERS)]
    cursor = place_now()
    seen: dict[tuple[str, str], float] = {}
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        cursor = _look(cursor, seen, market)
        time.sleep(PAUSE)
    _look(cursor, seen, market)
    committed = {change: at for writer in writers for change, at in writer.committed.items()}
    yield from _findings(committed, seen)


def _look(cursor: str, seen: dict[tuple[str, str], float], market: Market) -> str:
    """Read what is new, as the endpoint does."""
    number_changes(now=timezone.now())
    page = changes_page(after=cursor, kinds=["lead"], most=1000, partner=None, clock=lambda: market.now)
    at = time.monotonic()
    for change in map(json.loads, page.changes):
        if change["action"] == "upsert":
            seen.setdefault((change["id"], change["object"]["packaging"]), at)
    return page.next_cursor


def _findings(committed: Mapping[tuple[str, str], float], seen: Mapping[tuple[str, str], float]) -> Iterator[Finding]:
    last: dict[str, tuple[float, str]] = {}
    for (slug, text), at in committed.items():
        last[slug] = max(last.get(slug, (0.0, "")), (at, text))
    lost = sum((slug, text) not in seen for slug, (_at, text) in last.items())
    lags = [max(0.0, seen[change] - at) for change, at in committed.items() if change in seen]
    yield Finding(
        number=10,
        what=f"change feed under {WRITERS} writers: leads whose last change never came",
        value=lost,
        at_most=0,
        measured=f"{len(committed):,} changes of {len(last):,} leads in {SECONDS:.0f} s, kinds {', '.join(sources())}",
    )
    yield Finding(
        number=10,
        what="change feed: from commit to reader, p99, seconds",
        value=percentile(lags, 0.99),
        at_most=LAG,
        measured=f"median {percentile(lags, 0.5):.2f} s, a look each {PAUSE} s",
    )
