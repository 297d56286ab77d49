"""What the law wants by a day: requests, receivers that have to confirm, incidents; on the front page of admin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.models import CLOCK, WITH_STAFF, Breach, ContractEnd, Receipt, Removal, SubjectRequest

Line = tuple[str, str, QuerySet[Any], str, str]  # words, model, rows, the column of the day, the list's filter


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One work list: how much waits, how much of it is overdue, and by when the next is due."""

    name: str
    open: int
    overdue: int
    due_at: datetime | None
    url: str


def privacy_desk(staff: Any, *, now: datetime) -> list[Deadlines]:
    """The lists that this person may open. One query each."""
    undecided = f"?request__state__in={','.join(WITH_STAFF)}"
    requests = SubjectRequest.objects.open().exclude(kind=SubjectRequest.Kind.REMOVAL)
    lines: list[Line] = [
        (_("Requests about personal data"), "subjectrequest", requests, "due_at", "?waiting=open"),
        (_("Removals"), "removal", Removal.objects.with_staff(), "request__due_at", undecided),
        (_("Receivers to confirm"), "receipt", Receipt.objects.open(), "due_at", "?waiting=open"),
        (_("Contracts that ended"), "contractend", ContractEnd.objects.open(), "due_at", "?waiting=open"),
    ]
    found = [_line(line, now=now) for line in lines if staff.has_perm(f"privacy.view_{line[1]}")]
    return [*found, _breaches(now=now)] if staff.has_perm("privacy.view_breach") else found


def _line(line: Line, *, now: datetime) -> Deadlines:
    name, model, rows, due, query = line
    counted = rows.aggregate(n=Count("pk"), late=Count("pk", filter=Q(**{f"{due}__lt": now})), first=Min(due))
    return Deadlines(name, counted["n"], counted["late"], counted["first"], _list(model) + query)


def _breaches(*, now: datetime) -> Deadlines:
    """The clock of 72 hours stops when the authority is told, and does not run where a risk is unlikely."""
    untold = Q(authority_told_at=None) & ~Q(risk=Breach.Risk.UNLIKELY)
    counted = Breach.objects.open().aggregate(
        n=Count("pk"),
        late=Count("pk", filter=untold & Q(discovered_at__lt=now - CLOCK)),
        first=Min("discovered_at", filter=untold),
    )
    due = counted["first"] + CLOCK if counted["first"] else None
    return Deadlines(_("Incidents"), counted["n"], counted["late"], due, _list("breach"))


def _list(model: str) -> str:
    return reverse(f"admin:privacy_{model}_changelist")
