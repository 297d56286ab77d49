"""After a restored copy: whoever has left since it was made is erased again, before the market serves a request."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from privacy.departures import accounts
from privacy.digests import digests_of
from privacy.erasing import ledger
from privacy.erasing.running import LEASE, erase, suppress_digests
from privacy.models import Erasure, SubjectRequest

State = SubjectRequest.State


def replay(*, now: datetime) -> int:
    """Do again what the ledger says and the database has forgotten; how many people were erased.

    A second call finds nothing to do. Nobody is written to: whoever left has had the letter.
    """
    again = 0
    for line in ledger.lines():
        with transaction.atomic(durable=True):
            suppress_digests(line, now=now)
        if line.member is not None and _is_here(line):
            erase(_job_for(line, now=now), writes=False)
            again += 1
    return again


def _is_here(line: ledger.Line) -> bool:
    """Whether the account of the line is open; one that got its number later is another account."""
    found = accounts().identify(line.member or 0)
    return found is not None and line.account in digests_of(ledger.ACCOUNT, found)


@transaction.atomic(durable=True)
def _job_for(line: ledger.Line, *, now: datetime) -> Erasure:
    """The request as the copy knows it, or a new one of the same number."""
    request, _made = SubjectRequest.objects.get_or_create(
        pk=UUID(line.request),
        defaults={
            "kind": SubjectRequest.Kind.ERASURE,
            "member_id": line.member,
            "identity_proof": "ledger of erasures",
            "state": State.COOLING_OFF,
            "received_at": now,
            "due_at": now,
        },
    )
    # Whatever the copy says of it: it was carried out, so that it is to be begun anew.
    SubjectRequest.objects.filter(pk=request.pk).update(state=State.COOLING_OFF, ended_at=None)
    job, _made = Erasure.objects.update_or_create(
        request=request,
        defaults={
            "member_number": line.member,
            "leads": line.leads,
            "successors": line.successors,
            "lease_until": now + LEASE,
        },
    )
    job.request.state = State.COOLING_OFF
    return job
