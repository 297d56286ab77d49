"""Who always works for the demo's operator: invented companies that run its servers and carry its mail."""

from datetime import datetime, timedelta

from privacy.datamap import ReceiverKind
from privacy.models import Receiver

NAMES = (
    (ReceiverKind.HOSTING, "Fjordlys Hosting AS", "NO", "Runs our servers"),
    (ReceiverKind.MAIL, "Seaborne Mail Ltd", "IE", "Carries our mail to you"),
)


def seed_receivers(*, now: datetime) -> None:
    """One of each, for three years; what stands in the register already stays."""
    since, none = (now - timedelta(days=3 * 365)).date(), Receiver.Transfer.NONE
    rows = [
        Receiver(kind=kind, name=name, country=country, transfer=none, task=task, since=since)
        for kind, name, country, task in NAMES
    ]
    Receiver.objects.bulk_create(rows, ignore_conflicts=True)
