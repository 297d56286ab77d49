"""After a restored copy: whoever has left since it was made is erased again, before the market serves a request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, models, transaction

from privacy import datamap
from privacy.departures import accounts, replays
from privacy.digests import digests_of
from privacy.erasing import ledger
from privacy.erasing.mailboxes import erase_mailbox, waiting
from privacy.erasing.running import LEASE, LeaseLost, erase
from privacy.erasing.wishes import enter_digests
from privacy.models import Erasure, SubjectRequest, Suppression

log = structlog.get_logger(__name__)

State = SubjectRequest.State


class NotReplayed(Exception):
    """Some lines could not be carried out; all others were. The numbers of their requests."""


def replay(*, now: datetime) -> int:
    """Do again what the ledger says and the database has forgotten; how many people and things it was.

    A second call finds nothing to do. Nobody is written to: whoever left has had the letter. Raises NotReplayed at the
    end, so that one line keeps no other waiting and yet nobody serves requests without knowing.
    """
    written = list(ledger.lines())
    wanted = _still_suppressed(written)
    with transaction.atomic(durable=True):
        enter_digests(
            Suppression(kind=kind, digest=digest, key_id=key_id, reason=reason, at=now)
            for (kind, digest), (key_id, reason) in wanted.items()
        )
    again, failed = 0, []
    for line in written:
        if line.member is None or not _is_here(line):
            continue
        try:
            erase(_job_for(line, now=now), is_in_ledger=True)
            again += 1
        except (DatabaseError, LeaseLost) as error:
            log.error("erasure_not_replayed", request=line.request, error=type(error).__name__)
            failed.append(line.request)
    removed = {digest for (kind, digest), (_key, why) in wanted.items() if (kind, why) == ("email", "removed")}
    for address in _addresses_of(removed):
        erase_mailbox(address=address, now=now)
        again += 1
    things = {digest for (kind, digest), (_key, why) in wanted.items() if kind != "email" and why == "removed"}
    again += sum(take_back(things, now) for take_back in (replays() if things else []))
    if failed:
        raise NotReplayed(", ".join(failed))
    return again


def _still_suppressed(written: Iterable[ledger.Line]) -> dict[tuple[str, str], tuple[str, str]]:
    """What must not come back, without what has come back by itself: by kind and digest, with key and reason."""
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    for line in written:
        for kind, key_id, digest in line.digests:
            if line.reason == ledger.LIFTED:
                wanted.pop((kind, digest), None)
            else:
                wanted[kind, digest] = key_id, line.reason
    return wanted


def _addresses_of(digests: set[str]) -> set[str]:
    """The addresses in the database that these digests were made of, but for those of members."""
    if not digests:
        return set()
    found = set()
    for table in datamap.tables_about_people():
        for back in (back for about in table.abouts() for back in about.mailboxes):
            rows = back(_not_open(table)).order_by().distinct().values_list("mailbox_found", flat=True)
            found |= {one for one in rows.iterator() if not digests.isdisjoint(digests_of("email", one))}
    return found


def _not_open(table: datamap.Table) -> "models.QuerySet[Any, Any]":
    """Without requests that wait for an answer, whose addresses stay."""
    return table.model._default_manager.exclude(waiting(table))


def _is_here(line: ledger.Line) -> bool:
    """Whether the account of the line is open; one that got its number later is another account."""
    found = accounts().identify(line.member or 0)
    return found is not None and line.account in digests_of(ledger.ACCOUNT, found)


@transaction.atomic(durable=True)
def _job_for(line: ledger.Line, *, now: datetime) -> Erasure:
    """The request as the copy knows it, or a new one of the same number."""
    # Of the same person the copy may know another wish, which this one has overtaken.
    others = SubjectRequest.objects.open().filter(kind=SubjectRequest.Kind.ERASURE, member=line.member)
    others.exclude(pk=line.request).update(state=State.CANCELLED, ended_at=now)
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
            "is_prepared": False,
            "writes_letter": False,
        },
    )
    job.request.state = State.COOLING_OFF
    return job
