"""Partners whose contract is over: who has to be asked to delete what it has, and what a partner reads of that."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from partners.models import ApiKey, Partner
from privacy.models import DISCLOSURES_KEPT, ContractEnd, Disclosure, Receiver


def not_asked_yet(*, on: date) -> "QuerySet[Receiver]":
    """Receivers with a partner whose contract is over, and who may have something of ours.

    A key that was used says so, for as long as there is the key. Calls are counted in the cache besides, which outlives
    a restored copy of the database. The log of disclosures tells of what left in other ways, as far back as it is kept:
    of a contract that began earlier nobody knows.
    """
    over = Receiver.objects.over(on=on).filter(partner__isnull=False)
    keys = ApiKey.objects.filter(partner__receiver=OuterRef("pk"))
    pulled = keys.filter(Q(last_used_at__isnull=False) | Q(usage__answered__gt=0))
    log_key = Concat(Value("receiver:"), Cast(OuterRef("pk"), CharField()))
    given = Disclosure.objects.filter(receiver_kind__in=["partner", "connected"], receiver_key=log_key)
    asked = ContractEnd.objects.standing().filter(receiver=OuterRef("pk"))
    may_have = Q(Exists(pulled)) | Q(Exists(given)) | Q(since__lt=on - DISCLOSURES_KEPT)
    return over.exclude(Exists(asked)).filter(may_have)


def own_end(partner: Partner, *, at: datetime, reference: UUID | None = None) -> ContractEnd | None:
    """What the partner owes for the end of its contract, confirmed or not; None while the contract runs.

    Also None in the minute before it is noticed that the contract has ended, or has gone on.
    """
    ends = ContractEnd.objects.standing().filter(receiver__partner=partner, receiver__until__lt=at.date())
    found: ContractEnd | None = (ends if reference is None else ends.filter(reference=reference)).first()
    return found


def end_as_told(end: ContractEnd) -> dict[str, Any]:
    """As the partner reads it."""
    return {
        "id": str(end.reference),
        "ended_on": end.ended_on.isoformat(),
        "deadline": end.due_at.isoformat(),
        "confirmed_at": end.confirmed_at.isoformat() if end.confirmed_at else None,
    }
