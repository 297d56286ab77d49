"""Handing mail over so that a crash neither loses nor silently repeats one.

Between a message's final dot and the server's answer nobody can know whether it was taken (RFC 1047). So a row is
marked `in_flight` in a transaction of its own after the message has been streamed and just before the dot: a worker
that dies earlier has sent nothing (RFC 5321, 4.1.1.4), one that dies later leaves a row that says so.
"""

import time
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTP, SMTPException, SMTPResponseException

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from mailings.models import FORGOTTEN, Delivery
from mailings.returned import note_refusal
from mailings.smtp import DOT_PATIENCE, EndUnknown, connect, hand_over, hang_up, take_leave

log = structlog.get_logger(__name__)

BATCH = 100
LEASE = timedelta(seconds=120)
DOT_LEASE = timedelta(seconds=DOT_PATIENCE + 30)  # longer than anybody waits for the answer to the dot
FIRST_RETRY = timedelta(seconds=30)  # doubled each time, up to the longest
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 40  # about a day and a half
MOST_UNKNOWN = 5  # times that a mail goes again although an earlier one may have arrived
SHIFT = 120.0  # seconds after which a worker leaves the rest to the next one, well before Celery's time limit


class LeaseLost(Exception):
    """Another worker owns the row now."""


def send_due() -> None:
    """Claim what is due and send it, until nothing is due or the shift is over."""
    ends_at = time.monotonic() + SHIFT
    while time.monotonic() < ends_at and (batch := claim(now=timezone.now())):
        _send_batch(batch)


@transaction.atomic(durable=True)
def claim(*, now: datetime) -> list[Delivery]:
    """Take up to a batch of due rows under a lease; rows another worker is taking are passed over."""
    rows = list(Delivery.objects.due(at=now).order_by("not_before", "id").select_for_update(skip_locked=True)[:BATCH])
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.CLAIMED, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.lease_until = now + LEASE
        row.attempts += 1
    return rows


@transaction.atomic(durable=True)
def settle_abandoned(*, now: datetime) -> None:
    """Rows whose worker died at the dot: transactional mail goes again, under the same Message-ID, a few times.

    Rows that keep killing their worker before the dot are given up too, so that they hold up nobody else's mail.
    """
    stuck = Delivery.objects.stuck_in_flight(at=now)
    ended = {"lease_until": None, "ended_at": now}
    for rows, state, error in (
        (stuck.filter(attempts__gte=MOST_UNKNOWN), Delivery.State.UNCERTAIN, "may have arrived; not sent again"),
        (Delivery.objects.due(at=now).filter(attempts__gt=MOST_ATTEMPTS), Delivery.State.BOUNCED, "given up"),
    ):
        rows.update(state=state, error=error, **FORGOTTEN, **ended)
    Delivery.objects.stuck_in_flight(at=now).update(
        state=Delivery.State.PENDING,
        not_before=now,
        lease_until=None,
        error="resent after an unknown end",
    )


def _send_batch(batch: list[Delivery]) -> None:
    """Send over one connection; whatever ends badly gets a new one."""
    connection: SMTP | None = None
    for position, row in enumerate(batch):
        if row.lease_until is None or row.lease_until <= timezone.now():
            break  # a slow server; the rest is due again and may be another worker's already
        try:
            connection = connection or connect()
        except (SMTPException, OSError) as error:  # no server: the rest need not wait to learn the same
            for waiting in batch[position:]:
                _defer(waiting, _words(error))
            return
        if not _send(connection, row):
            hang_up(connection)
            connection = None
    take_leave(connection)


def _send(connection: SMTP, row: Delivery) -> bool:
    """Hand one mail over and note its end; False when the connection cannot be used for the next."""
    try:
        hand_over(connection, row, before_dot=partial(_mark_in_flight, row))
    except LeaseLost:
        log.warning("mail_lease_lost", delivery=str(row.pk))
    except EndUnknown:
        log.warning("mail_end_unknown", delivery=str(row.pk))  # the row says in_flight; the sweep settles it
    except SMTPResponseException as refusal:
        _refused(row, refusal)
    except (SMTPException, OSError) as error:
        _defer(row, _words(error))
    except ValueError as error:  # a mail that cannot be written must not hold up those behind it
        _end(_still_mine(row), state=Delivery.State.BOUNCED, error=_words(error))
    else:
        # Whoever else holds the row by now finds that there is nothing left to send. A bounce may have been quicker.
        taken = Delivery.objects.filter(pk=row.pk).exclude(state=Delivery.State.BOUNCED)
        _end(taken, state=Delivery.State.SENT, error="")
        return True
    return False


@transaction.atomic(durable=True)
def _mark_in_flight(row: Delivery) -> None:
    """Commit that the dot is next, if the row is still this worker's."""
    now = timezone.now()
    mine = Delivery.objects.filter(
        pk=row.pk, state=Delivery.State.CLAIMED, lease_until=row.lease_until, lease_until__gt=now
    )
    row.lease_until = now + DOT_LEASE
    if not mine.update(state=Delivery.State.IN_FLIGHT, lease_until=row.lease_until):
        raise LeaseLost


def _refused(row: Delivery, refusal: SMTPResponseException) -> None:
    """4xx may pass, 5xx will not (RFC 5321, 4.2.1)."""
    answer = (
        refusal.smtp_error.decode(errors="replace") if isinstance(refusal.smtp_error, bytes) else refusal.smtp_error
    )
    words = f"{refusal.smtp_code} {answer}"
    if refusal.smtp_code >= 500:
        with transaction.atomic():
            if _end(_still_mine(row), state=Delivery.State.BOUNCED, error=words):
                note_refusal(delivery=row, words=words, now=timezone.now())
    else:
        _defer(row, words)


def _defer(row: Delivery, error: str) -> None:
    if row.attempts >= MOST_ATTEMPTS:
        _end(_still_mine(row), state=Delivery.State.BOUNCED, error=error)
        return
    _still_mine(row).update(
        state=Delivery.State.PENDING,
        not_before=timezone.now() + min(FIRST_RETRY * 2 ** (row.attempts - 1), LONGEST_RETRY),
        lease_until=None,
        error=error[:300],
    )
    log.warning("mail_deferred", delivery=str(row.pk), attempts=row.attempts)


def _end(rows: QuerySet[Delivery], *, state: Delivery.State, error: str) -> int:
    """Nothing more will happen to the rows, and nobody needs their words any more. How many it were."""
    return rows.update(state=state, error=error[:300], lease_until=None, ended_at=timezone.now(), **FORGOTTEN)


def _still_mine(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=row.pk, state__in=[Delivery.State.CLAIMED, Delivery.State.IN_FLIGHT], lease_until=row.lease_until
    )


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
