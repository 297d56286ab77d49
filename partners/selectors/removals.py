"""What a partner has still to remove for privacy's sake, and until when."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F

from partners.following import receiver_key
from partners.models import Change, PairwiseId, Partner
from privacy.models import Receipt

MOST = 1000


def own_removals(partner: Partner) -> list[dict[str, Any]]:
    """Those that it has not confirmed, the most urgent first, each with what it is about. Four queries."""
    receipts = list(_own(partner).open().order_by("due_at", "pk")[:MOST])
    gone: Mapping[UUID, list[dict[str, str]]] = defaultdict(list)
    rows = Change.objects.filter(removal__in=[one.request_id for one in receipts]).order_by("position")
    for removal, kind, key in rows.values_list("removal", "kind", "key"):
        if removal is not None:
            gone[removal].append({"kind": kind, "id": key})
    for number, contact in _contacts(partner, receipts):
        gone[number].append({"kind": "contact", "id": str(contact)})
    return [removal_of(one) | {"objects": gone[one.request_id]} for one in receipts]


def _contacts(partner: Partner, receipts: Collection[Receipt]) -> list[tuple[UUID, UUID]]:
    """By request: the partner's own number of who went for it, or of whose details were corrected. Two queries."""
    own = PairwiseId.objects.filter(partner=partner)
    gone = own.filter(removal__in=[one.request_id for one in receipts]).annotate(request=F("removal"))
    corrected = [one.request_id for one in receipts if one.change == Receipt.Change.CORRECT]
    wrong = own.annotate(request=F("member__subject_requests")).filter(request__in=corrected)
    return [pair for some in (gone, wrong) for pair in some.order_by("pk").values_list("request", "pk")]


def own_receipt(partner: Partner, reference: UUID) -> Receipt | None:
    """The partner's own; another's is not there."""
    found: Receipt | None = _own(partner).filter(reference=reference).first()
    return found


def removals_of(partner: Partner | None, requests: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the feed says beside tombstones of these requests; nothing to whoever owes no receipt. One query."""
    if partner is None or not requests:
        return {}
    return {one.request_id: removal_of(one) for one in _own(partner).filter(request__in=requests)}


def removal_of(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the partner reads it; nobody is named."""
    return {
        "id": str(receipt.reference),
        "action": receipt.change,
        "deadline": receipt.due_at.isoformat(),
        "confirmed_at": receipt.confirmed_at.isoformat() if receipt.confirmed_at else None,
    }


def _own(partner: Partner) -> Any:
    return Receipt.objects.filter(receiver_kind=partner.receiver.kind, receiver_key=receiver_key(partner))
