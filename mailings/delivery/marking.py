"""The moment before the final dot: the last at which a mail can be held back, and the first that is written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from mailings.delivery import settling
from mailings.models import Delivery
from mailings.smtp import DOT_PATIENCE
from mailings.subscription_links import QUESTION_MAIL
from mailings.topics import line_of
from privacy.digests import digests_of
from privacy.models import Suppression

DOT_LEASE = timedelta(seconds=DOT_PATIENCE + 30)  # longer than anybody waits for the answer to the dot

# One statement on one row: whoever withdraws the row, or says no, before it has marked it, and whoever does so after,
# finds it marked. What is asked of other tables holds at its beginning; mailings.stopping.opting_out looks a second
# time after its commit for what slipped in between.
PREPARE = """
PREPARE mark_in_flight (uuid, timestamptz, timestamptz, timestamptz, text[], text[], text, text) AS
UPDATE mailings_delivery AS mail
   SET state = 'in_flight', lease_until = $4
 WHERE mail.id = $1 AND mail.state = 'claimed' AND mail.lease_until = $2 AND mail.lease_until > $3
   AND (mail.asked_for OR NOT EXISTS (
         SELECT FROM privacy_suppression AS unwanted
          WHERE unwanted.kind = 'email' AND unwanted.digest = ANY($5)
             OR unwanted.kind = 'topic' AND unwanted.digest = ANY($6)))
   AND (mail.template <> $8 OR NOT EXISTS (
         SELECT FROM privacy_suppression AS unwanted
          WHERE unwanted.kind = 'email' AND unwanted.digest = ANY($5) AND unwanted.reason <> 'bounced'))
   AND (mail.campaign_id IS NULL OR EXISTS (
         SELECT FROM mailings_campaign AS campaign
          WHERE campaign.id = mail.campaign_id AND campaign.state = 'sending'))
   AND (mail.kind <> 'marketing' OR COALESCE((
         SELECT said.given FROM privacy_consentevent AS said
          WHERE said.subject = mail.reader AND said.purpose = $7 AND said.channel = 'email'
          ORDER BY said.at DESC, said.id DESC LIMIT 1), FALSE))
"""
MARK = "SET LOCAL synchronous_commit TO on; EXECUTE mark_in_flight (%s, %s, %s, %s, %s, %s, %s, %s)"


class NotToBeSent(Exception):
    """The mail must not go, or is another worker's by now."""


@contextmanager
def ready_to_mark() -> Iterator[None]:
    """Prepare this connection for `mark_in_flight` and `note_sent`; all commits but marks do not wait for the disk.

    What a crash of the server takes back then is a claim, or that a mail was sent: its row stays in flight, and that
    it does is on the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        cursor.execute(settling.PREPARE)
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("DEALLOCATE mark_in_flight")
            cursor.execute("DEALLOCATE note_sent")


def mark_in_flight(row: Delivery, *, topic: str) -> None:
    """Commit that the dot is next, if the row is still this worker's and its receiver still to be written to.

    One message to the server, which commits at its end: never called within a transaction (`claim` would refuse).
    `topic` is that of marketing, else "". A question whether somebody wants mail may go where mail came back from, and
    not where its receiver does not want to be written to. Raises NotToBeSent.
    """
    now = timezone.now()
    until = now + DOT_LEASE
    of_address, of_topic = digests_for(row.to, topic)
    with connection.cursor() as cursor:
        cursor.execute(MARK, [row.pk, row.lease_until, now, until, of_address, of_topic, topic, QUESTION_MAIL])
        if cursor.rowcount != 1:
            raise NotToBeSent
    row.lease_until = until


def digests_for(address: str, topic: str) -> tuple[list[str], list[str]]:
    """What the address, and the topic for it, may be suppressed under; nothing for no topic."""
    of_topic = digests_of(Suppression.Kind.TOPIC, line_of(topic, address)) if topic else []
    return digests_of(Suppression.Kind.EMAIL, address), of_topic
