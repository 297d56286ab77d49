"""Adding up how keys are used, and forgetting it."""

from collections import Counter as Sums
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from partners.counting import OUTCOMES, Counter, minute_of, readings, take_counts, those_that_called
from partners.models import ApiKey, FeedReading, KeyUsage

LOOKED_AT = 15  # minutes that are over: what beat misses in that time is lost
KEPT = timedelta(days=400)

ADD = """
INSERT INTO partners_keyusage AS usage (key_id, day, answered, client_errors, server_errors, refused)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (key_id, day) DO UPDATE SET
    answered = usage.answered + excluded.answered,
    client_errors = usage.client_errors + excluded.client_errors,
    server_errors = usage.server_errors + excluded.server_errors,
    refused = usage.refused + excluded.refused
"""


@transaction.atomic(durable=True)
def add_up_usage(*, now: datetime) -> int:
    """Write down what was counted in minutes that are over; answers how many calls. One at a time adds up.

    What is taken from the cache is written in this transaction: a worker that dies in between loses it, and nothing
    is counted twice.
    """
    if not _is_alone():
        return 0
    since = now - timedelta(minutes=LOOKED_AT + 1)
    could_call = ApiKey.objects.filter(
        Q(revoked_at=None) | Q(revoked_at__gte=since), Q(expires_at=None) | Q(expires_at__gte=since)
    )
    keys = those_that_called(could_call.values_list("pk", flat=True))
    minutes = range(minute_of(now) - LOOKED_AT, minute_of(now))
    counts = take_counts(Counter(key, minute, outcome) for key in keys for minute in minutes for outcome in OUTCOMES)
    _add(counts)
    _note_readings(keys)
    return sum(counts.values())


@transaction.atomic(durable=True)
def forget_usage(*, now: datetime) -> int:
    """Delete what is older than 400 days; answers how many days of keys."""
    return KeyUsage.objects.filter(day__lt=(now - KEPT).date()).delete()[0]


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('partners.usage'))")
        return bool(cursor.fetchone()[0])


def _add(counts: Mapping[Counter, int]) -> None:
    days: dict[tuple[int, date], Sums[str]] = {}
    for one, count in counts.items():
        days.setdefault((one.key, one.at.date()), Sums())[one.outcome] += count
    rows: list[list[int | date]] = [[*place, *map(sums.__getitem__, OUTCOMES)] for place, sums in sorted(days.items())]
    with connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


def _note_readings(keys: list[int]) -> None:
    rows = [
        FeedReading(key_id=key, epoch=place.epoch, position=place.position, read_at=at)
        for key, (place, at) in readings(keys).items()
    ]
    FeedReading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["epoch", "position", "read_at"]
    )
