"""Budget 15: how long a person's copy of their data takes, and that it takes no more memory for more rows."""

import tempfile
import time
import tracemalloc
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from marketplace.seed.people import DEMO_EMAILS
from offerboard.models import Lead
from privacy.exporting.archive import write_archive
from privacy.selectors.people import person_of

ROWS = 10_000
SECONDS = 10
MEGABYTE = 1024 * 1024


def measure_export(_market: Market) -> Iterator[Finding]:
    """The demo's seller, to whom thousands of leads are given for as long as it takes."""
    with transaction.atomic():
        few, many = _taken(ROWS // 10), _taken(ROWS)
        transaction.set_rollback(True)
    (_seconds, early), (seconds, late) = few, many
    yield Finding(
        number=15,
        what=f"copy of a member's data with {ROWS:,} leads, seconds",
        value=seconds,
        at_most=SECONDS,
        measured=f"{seconds:.1f} s",
    )
    yield Finding(
        number=15,
        what=f"its memory in Python over that of {ROWS // 10:,}",
        value=late / early,
        at_most=1.5,
        measured=f"{late / MEGABYTE:.1f} MB over {early / MEGABYTE:.1f} MB",
    )


def _taken(rows: int) -> tuple[float, float]:
    """Seconds of a copy with so many leads, and the most bytes that another one of the same held at once."""
    seller = Member.objects.get(email=DEMO_EMAILS["seller"])
    chosen = Lead.objects.order_by("pk").values("pk")[:rows]
    Lead.objects.filter(pk__in=list(chosen.values_list("pk", flat=True))).update(posted_by=seller)
    started = time.perf_counter()
    _write(seller)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    _write(seller)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, peak


def _write(member: Member) -> None:
    with tempfile.TemporaryFile() as target:
        write_archive(
            target,
            person=person_of(member),
            name=member.full_name,
            email=member.email,
            policy="",
            now=timezone.now(),
            tell=lambda _done: None,
        )
