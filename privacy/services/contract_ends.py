"""What is noted about the deletion that a receiver owes when its contract has ended."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from privacy.models import ContractEnd
from privacy.services.receipts import PROOF, ProofMissing


@transaction.atomic
def confirm_end(*, end: ContractEnd, proof: str, now: datetime) -> bool:
    """The receiver has deleted everything. Whether it was news; also not where the contract has gone on meanwhile.

    Raises ProofMissing.
    """
    if not proof.strip():
        raise ProofMissing
    open_one = ContractEnd.objects.open().filter(pk=end.pk)
    return bool(open_one.update(confirmed_at=now, proof=proof.strip()[:PROOF]))


@transaction.atomic
def note_end_told(*, ends: Iterable[int], now: datetime) -> int:
    """Staff have told these receivers by hand, or told them again; how many were still open."""
    asked = ContractEnd.objects.open().filter(pk__in=list(ends))
    again = asked.filter(told_at__isnull=False).update(reminded_at=now)
    return again + asked.filter(told_at=None).update(told_at=now)
