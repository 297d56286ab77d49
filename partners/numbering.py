"""The sequencer: gives numbers to changes that are committed, one batch after the other.

A number or a time that is drawn while a transaction runs is seen in another order than it was drawn in: whoever has
read up to 100 would miss 99, which commits later. So writers leave marks without any order, and numbers are
drawn here alone, of what is committed, by one at a time, and are committed before the next are drawn.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Greatest

from partners import tasks
from partners.models import Change, Feed, Webhook
from partners.sources import sources

BATCH = 5_000  # marks, or tombstones
REMEMBERED = timedelta(days=400)  # what is gone

# Of several marks of one thing one change remains. That a person asked for it is not forgotten while the thing stays
# gone; once it is back, what takes it down again has another reason.
NUMBER = """
WITH taken AS (
    DELETE FROM partners_mark WHERE id IN (SELECT id FROM partners_mark ORDER BY id LIMIT %(batch)s)
    RETURNING id, kind, key, is_gone, removal
), latest AS (
    SELECT kind, key, max(id) AS last, max(id) FILTER (WHERE NOT is_gone) AS back FROM taken GROUP BY kind, key
), removed AS (
    SELECT kind, key, (array_agg(removal ORDER BY id DESC))[1] AS removal FROM taken JOIN latest USING (kind, key)
    WHERE removal IS NOT NULL AND id > coalesce(back, 0) GROUP BY kind, key
), numbered AS (
    INSERT INTO partners_change AS change (kind, key, position, at, removal)
    SELECT kind, key, %(last)s + row_number() OVER (ORDER BY last), %(now)s, coalesce(removed.removal, CASE
        WHEN back IS NULL
        THEN (SELECT removal FROM partners_change AS one WHERE one.kind = latest.kind AND one.key = latest.key)
    END)
    FROM latest LEFT JOIN removed USING (kind, key)
    ON CONFLICT (kind, key) DO UPDATE
    SET position = excluded.position, at = excluded.at, removal = excluded.removal
    RETURNING position
)
SELECT (SELECT count(*) FROM taken), (SELECT max(position) FROM numbered)
"""


def number_changes(*, now: datetime) -> int:
    """Number all marks that are committed. Answers how many there were; 0 where somebody else is at it.

    Then webhooks are called, by a worker.
    """
    total = 0
    while taken := _number_batch(now=now):
        total += taken
    _wake(total)
    return total


def number_some(*, now: datetime) -> bool:
    """One batch, for whoever waits for an answer; whether there may be more, which beat numbers meanwhile.

    An import, or a seller who is hidden, leaves a million marks, and nobody's page waits for that.
    """
    taken = _number_batch(now=now)
    _wake(taken)
    return taken == BATCH


def _wake(taken: int) -> None:
    if taken and Webhook.objects.active().exists():
        tasks.wake()


@transaction.atomic(durable=True)
def _number_batch(*, now: datetime) -> int:
    """One batch. Whoever holds the feed's row is the sequencer."""
    feed = Feed.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if feed is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, {"batch": BATCH, "last": feed.last, "now": now})
        taken, last = cursor.fetchone()
    if taken:
        Feed.objects.filter(pk=1).update(last=last)
    return int(taken)


def forget_tombstones(*, now: datetime) -> int:
    """Forget what has been gone for so long that whoever still holds it has not asked since; their cursors end.

    In batches, each looked for before its transaction: the feed's row is held no longer than it takes to delete them.
    """
    before, count = now - REMEMBERED, 0
    for kind, source in sources().items():
        public = source.public(now).filter(**{source.key: OuterRef("key")})
        gone = Change.objects.filter(~Exists(public), kind=kind, at__lt=before).order_by("position")
        last = 0
        while batch := dict(gone.filter(position__gt=last).values_list("position", "pk")[:BATCH]):
            last = max(batch)
            count += _forget_batch(batch.values(), last=last, before=before)
    return count


@transaction.atomic(durable=True)
def _forget_batch(keys: Iterable[int], *, last: int, before: datetime) -> int:
    """Those of them that were not numbered anew meanwhile; nobody may go on from a place before the last of them."""
    Feed.objects.filter(pk=1).update(forgotten=Greatest("forgotten", last))
    return Change.objects.filter(pk__in=list(keys), at__lt=before).delete()[0]
