"""Which receivers are owed a word when data that they got is erased or corrected: GDPR art. 19."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from privacy.datamap import ReceiverKind
from privacy.followers import followers
from privacy.models import Disclosure, Receipt, SubjectRequest

ANSWERED_WITHIN = timedelta(days=30)
EVERYTHING = Q()
# Whom we gave it: not those who work on our instructions, nor whom the person wrote to.
TOLD = (
    *(ReceiverKind.PARTNER, ReceiverKind.CONNECTED, ReceiverKind.AUTHORITY),
    *(ReceiverKind.ADVISER, ReceiverKind.INSURER),
)


@transaction.atomic
def tell_receivers(
    *,
    request: SubjectRequest,
    members: Iterable[int],
    change: Receipt.Change,
    columns: Collection[str] | None = None,
    only: Q = EVERYTHING,
    now: datetime,
) -> int:
    """Owe each receiver in these members' log of disclosures one message; before the log is erased.

    `columns` names what changed; None is everything. `only` says of which disclosures it is about. Receivers that got
    none of it are not told. Called again for the same request it adds only receivers that were not owed one. Answers
    how many receivers there are.
    """
    people = sorted(set(members))
    given = _given(people, columns, only)
    known = get_user_model()._default_manager.filter(pk__in=people).order_by("pk")
    person = ", ".join(f"{one.full_name} <{one.email}>" for one in known)[:400]
    Receipt.objects.bulk_create(
        [
            Receipt(
                request=request,
                person=person,
                columns=sorted(got),
                receiver_kind=kind,
                receiver_key=key,
                receiver_name=name,
                change=change,
                due_at=now + ANSWERED_WITHIN,
            )
            for (kind, key), (name, got) in given.items()
        ],
        ignore_conflicts=True,
    )
    return len(given)


@transaction.atomic
def tell_followers(*, request: SubjectRequest, now: datetime) -> int:
    """Owe everybody who copies our pages one message about this request, without a word about whom it concerns.

    They learn from the feed what to remove. Who is owed one because of a disclosure is not owed a second.
    """
    following = followers(now=now)
    Receipt.objects.bulk_create(
        [
            Receipt(
                request=request,
                receiver_kind=one.kind,
                receiver_key=one.key,
                receiver_name=one.name,
                change=Receipt.Change.ERASE,
                due_at=now + ANSWERED_WITHIN,
            )
            for one in following
        ],
        ignore_conflicts=True,
    )
    return len(following)


def _given(
    members: Collection[int], columns: Collection[str] | None, only: Q
) -> dict[tuple[str, str], tuple[str, set[str]]]:
    """Who got what: by kind and key, the newest name and the columns."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for member in members:
        rows = Disclosure.objects.of(member).filter(only, receiver_kind__in=TOLD)  # the newest first
        for row in rows.values_list("receiver_kind", "receiver_key", "receiver_name", "columns").iterator():
            got = set(row[3]) if columns is None else set(row[3]).intersection(columns)
            if got:
                name, before = found.get((row[0], row[1]), (row[2], set()))
                found[row[0], row[1]] = name, before | got
    return found
