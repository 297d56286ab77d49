"""How a mail ends, and what becomes of rows whose worker died."""

from datetime import datetime, timedelta
from smtplib import SMTPResponseException

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from mailings.answers import words_of
from mailings.models import FORGOTTEN, Campaign, Delivery
from mailings.returning.consequences import note_refusal

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=30)  # doubled each time, up to the longest
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 40  # about a day and a half
MOST_UNKNOWN = 5  # times that a mail goes again although an earlier one may have arrived

# What `end` would do, without its being put together anew for each mail of a campaign. A bounce may have been quicker;
# and what a campaign has counted as uncertain stays so.
_FORGOTTEN = ", ".join(f"{name} = '{empty}'" for name, empty in FORGOTTEN.items())
PREPARE = f"""
PREPARE note_sent (uuid, timestamptz) AS
UPDATE mailings_delivery
   SET state = 'sent', error = '', lease_until = NULL, ended_at = $2, {_FORGOTTEN}
 WHERE id = $1 AND state <> 'bounced' AND NOT (state = 'uncertain' AND campaign_id IS NOT NULL)
"""  # noqa: S608 - names of columns
State = Delivery.State


@transaction.atomic(durable=True)
def settle_abandoned(*, now: datetime) -> None:
    """Rows whose worker died at the dot: marketing stays uncertain, since nobody is to get it twice.

    So does what has been cancelled. All else goes again, under the same Message-ID, a few times. Rows that keep killing
    their worker before the dot are given up too, so that they hold up nobody else's mail.
    """
    stuck = Delivery.objects.stuck_in_flight(at=now)
    ended = {"lease_until": None, "ended_at": now, **FORGOTTEN}
    unknown = {"state": State.UNCERTAIN, "error": "may have arrived; not sent again", **ended}
    stuck.filter(kind=Delivery.Kind.MARKETING).update(**unknown)
    stuck.filter(campaign__in=Campaign.objects.filter(state=Campaign.State.DRAINING)).update(**unknown)
    stuck.filter(unknown_ends__gte=MOST_UNKNOWN - 1).update(**unknown)
    worn_out = Delivery.objects.due(at=now).filter(attempts__gt=MOST_ATTEMPTS)
    worn_out.update(state=State.BOUNCED, error="given up", **ended)
    stuck.update(
        state=State.PENDING,
        not_before=now,
        lease_until=None,
        unknown_ends=F("unknown_ends") + 1,
        error="resent after an unknown end",
    )


def note_sent(row: Delivery) -> None:
    """The server has taken it.

    Whoever else holds the row by now finds that there is nothing left to send. Only within `ready_to_mark`.
    """
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE note_sent (%s, %s)", [row.pk, timezone.now()])


def note_answer(row: Delivery, refusal: SMTPResponseException) -> bool:
    """4xx may pass, 5xx will not (RFC 5321, 4.2.1): whether it may."""
    answer = words_of(refusal)
    if refusal.smtp_code < 500:
        put_off(row, answer)
        return True
    with transaction.atomic():
        if end(still_mine(row), state=State.BOUNCED, error=answer):
            note_refusal(delivery=row, words=answer, now=timezone.now())
    return False


def put_off(row: Delivery, error: str) -> None:
    """Another attempt later, or the end after the last one."""
    if row.attempts >= MOST_ATTEMPTS:
        end(still_mine(row), state=State.BOUNCED, error=error)
        return
    still_mine(row).update(
        state=State.PENDING,
        not_before=timezone.now() + min(FIRST_RETRY * 2 ** (row.attempts - 1), LONGEST_RETRY),
        lease_until=None,
        error=error[:300],
    )
    log.warning("mail_deferred", delivery=str(row.pk), attempts=row.attempts)


def hold(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The rows, locked until the commit in the order of their numbers.

    Whoever writes to several mails of a person takes them so: else two of them could wait for each other.
    """
    mine = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    return Delivery.objects.filter(pk__in=list(mine.values_list("pk", flat=True)))


def end(rows: QuerySet[Delivery], *, state: Delivery.State, error: str) -> int:
    """Nothing more will happen to the rows, and nobody needs their words any more. How many it were."""
    return rows.update(state=state, error=error[:300], lease_until=None, ended_at=timezone.now(), **FORGOTTEN)


def still_mine(row: Delivery) -> QuerySet[Delivery]:
    """The row, as long as the worker that claimed it holds it."""
    return Delivery.objects.filter(pk=row.pk, state__in=[State.CLAIMED, State.IN_FLIGHT], lease_until=row.lease_until)
