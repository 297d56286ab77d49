"""Which receivers are owed a word when data that they got is erased or corrected: GDPR art. 19."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from privacy.datamap import ReceiverKind
from privacy.models import Disclosure, Receipt

CONFIRMED_WITHIN = timedelta(days=30)
# Those outside of this market that keep what they got. Counterparties read here, and find the note in its place;
# processors delete with us.
OUTSIDE = (
    ReceiverKind.PARTNER,
    ReceiverKind.CONNECTED,
    ReceiverKind.AUTHORITY,
    ReceiverKind.ADVISER,
    ReceiverKind.INSURER,
)


def owe_receipts(
    *, request_id: UUID, member_id: int, change: Receipt.Change, now: datetime, columns: Collection[str] = ()
) -> int:
    """A receipt for each receiver that got something of the member's, or one of the columns; how many are new.

    In the caller's transaction, and before the disclosures themselves are erased. A second call adds nothing.
    """
    given = Disclosure.objects.of(member_id).filter(receiver_kind__in=OUTSIDE)
    if columns:
        given = given.filter(columns__overlap=list(columns))
    parties = given.order_by("receiver_kind", "receiver_key", "-at").distinct("receiver_kind", "receiver_key")
    rows = [
        Receipt(
            request_id=request_id,
            receiver_kind=one.receiver_kind,
            receiver_key=one.receiver_key,
            receiver_name=one.receiver_name,
            change=change,
            due_at=now + CONFIRMED_WITHIN,
        )
        for one in parties
    ]
    known = Receipt.objects.filter(request=request_id, change=change).count()
    Receipt.objects.bulk_create(rows, ignore_conflicts=True)
    return Receipt.objects.filter(request=request_id, change=change).count() - known
