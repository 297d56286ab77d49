"""The sequencer: gives numbers to changes that are committed, one batch after the other.

A number or a time that is drawn while a transaction runs is seen in another order than it was drawn in: whoever has
read up to 100 would miss 99, which commits later. So writers leave marks without any order, and numbers are
drawn here alone, of what is committed, by one at a time, and are committed before the next are drawn.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from partners import tasks
from partners.models import Change, Feed, Webhook
from partners.sources import sources

BATCH = 5_000  # marks
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
    if total and Webhook.objects.active().exists():
        tasks.wake()
    return total


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


@transaction.atomic(durable=True)
def forget_tombstones(*, now: datetime) -> int:
    """Forget what has been gone for so long that whoever still holds it has not asked since; their cursors end."""
    feed = Feed.objects.select_for_update().get(pk=1)
    old = Change.objects.filter(at__lt=now - REMEMBERED)
    count, last = 0, feed.forgotten
    for kind, source in sources().items():
        gone = old.filter(kind=kind).exclude(key__in=source.public(now).values(source.key))
        last = max(last, gone.aggregate(last=Max("position"))["last"] or 0)
        count += gone.delete()[0]
    Feed.objects.filter(pk=1).update(forgotten=last)
    return count
