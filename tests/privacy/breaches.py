"""Incidents in tests, the people whom they concern, and the mails to them."""

from datetime import datetime, timedelta
from typing import Any

from mailings.models import Delivery
from privacy.models import Breach
from privacy.services import breaches as services
from tests.factories import NOW, MemberFactory, MessageFactory


def breach(*tables: str, **changes: Any) -> Breach:
    """One that is ready to be told."""
    ready = {
        "title": "A lost backup",
        "happened": "A disk was left in a train.",
        "discovered_at": NOW - timedelta(hours=2),
        "risk": "high",
        "tables": list(tables or ["offerboard.Message"]),
        "consequences": "Somebody may read your letters.",
        "measures": "The disk’s key was destroyed.",
        "advice": "Change what you wrote passwords for.",
    }
    return Breach.objects.create(**(ready | changes))


def writer(**values: Any) -> Any:
    """A member who has written a message."""
    member = MemberFactory()
    MessageFactory(author=member, **values)
    return member


def tell_all(*, now: datetime = NOW) -> int:
    """As the sweep does; how many batches it took."""
    batches = 0
    while services.tell_some(now=now):
        batches += 1
    return batches


def mailed() -> list[str]:
    return sorted(Delivery.objects.filter(template="breach_notice").values_list("to", flat=True))


def fresh(one: Breach) -> Breach:
    one.refresh_from_db()
    return one
