"""While our own mail server is silent all mail waits as it is, and the server is asked again, more and more seldom.

Campaigns are not stopped for it: nobody's mail is refused, and once the server answers all goes on by itself. A pause
that would take longer than the longest was written by a clock that went wrong, and is none.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from mailings.answers import without_addresses
from mailings.models import Outage

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)  # doubled each time, up to the longest
LONGEST_PAUSE = timedelta(minutes=2)
DOUBLED = 5  # times, after which it is longer than the longest


def is_too_early(*, now: datetime) -> bool:
    """Whether the server was silent a moment ago, so that it is not asked yet."""
    return Outage.objects.filter(ask_again_at__gt=now, ask_again_at__lte=now + LONGEST_PAUSE).exists()


@transaction.atomic
def note_silence(said: str, *, now: datetime) -> None:
    """The server was asked in vain. Of workers that learn it at once, the first one counts."""
    Outage.objects.exclude(pk__in=Outage.objects.lasting(at=now)).delete()
    Outage.objects.bulk_create([Outage(since=now, ask_again_at=now, said="")], ignore_conflicts=True)
    outage = Outage.objects.select_for_update().first()
    if outage is None or is_too_early(now=now):  # another worker was heard at this moment, or was quicker to ask
        return
    outage.ask_again_at = now + min(FIRST_PAUSE * 2 ** min(outage.tries, DOUBLED), LONGEST_PAUSE)
    outage.tries += 1
    outage.said = without_addresses(said)[:300]
    outage.save()
    log.error("mail_server_silent", said=outage.said, tries=outage.tries)


def end_outage() -> None:
    """The server has listened to a mail, whatever it thinks of it."""
    Outage.objects.all().delete()
