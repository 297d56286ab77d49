"""What a partner has still to remove for privacy's sake, and until when."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from partners.following import receiver_key
from partners.models import Change, Mark, PairwiseId, Partner
from privacy.models import Receipt

MOST = 1000  # removals
SHOWN = 100  # things of each in the list: a seller may have had a hundred thousand leads


def own_removals(partner: Partner) -> list[dict[str, Any]]:
    """Those that it has not confirmed, the most urgent first, each with the beginning of what it is about.

    Five queries. `has_more_objects` is also true while something that goes for it has no place in the feed yet.
    """
    receipts = list(_own(partner).open().order_by("due_at", "pk")[:MOST])
    requests = [one.request_id for one in receipts]
    more = _to_be_numbered(requests)  # before the feed is read, or what is numbered in between would be in neither
    about: Mapping[UUID, list[dict[str, str]]] = defaultdict(list)
    for request, contact in _contacts(partner, receipts):
        about[request].append(_contact(contact))
    things = _first_things(requests)
    return [
        removal_of(one)
        | {
            "objects": about[one.request_id] + things[one.request_id][:SHOWN],
            "has_more_objects": len(things[one.request_id]) > SHOWN or one.request_id in more,
        }
        for one in receipts
    ]


def removal_objects(
    partner: Partner, receipt: Receipt, *, after: int, most: int
) -> tuple[list[dict[str, str]], int | None]:
    """A page of all that it is about, and the position after which the next one begins; None on the last. Four queries.

    Things come in the order of the feed, contacts before the first. What has no place in the feed yet will stand behind
    all that has one, so that as long as there is such a thing no page is the last.
    """
    more = _to_be_numbered([receipt.request_id])  # before the feed is read, as above
    rows = Change.objects.filter(removal=receipt.request_id, position__gt=after).order_by("position")
    found = list(rows.values_list("position", "kind", "key")[: most + 1])
    page = found[:most]
    contacts = [] if after else [_contact(number) for _request, number in _contacts(partner, [receipt])]
    is_last = len(found) <= most and not more
    reached = page[-1][0] if page else after
    return contacts + [{"kind": kind, "id": key} for _position, kind, key in page], None if is_last else reached


def _first_things(requests: Collection[UUID]) -> Mapping[UUID, list[dict[str, str]]]:
    """By request, one more than is shown."""
    nth = Window(RowNumber(), partition_by=[F("removal")], order_by="position")
    rows = Change.objects.filter(removal__in=requests).annotate(nth=nth).filter(nth__lte=SHOWN + 1)
    found: Mapping[UUID, list[dict[str, str]]] = defaultdict(list)
    for removal, kind, key in rows.order_by("position").values_list("removal", "kind", "key"):
        if removal is not None:
            found[removal].append({"kind": kind, "id": key})
    return found


def _to_be_numbered(requests: Collection[UUID]) -> set[UUID | None]:
    """Those of these requests for which something goes that the sequencer has not come to."""
    return set(Mark.objects.filter(removal__in=requests).values_list("removal", flat=True).distinct())


def _contact(number: UUID) -> dict[str, str]:
    return {"kind": "contact", "id": str(number)}


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
