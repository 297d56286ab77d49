"""Somebody leaves, as far as a test needs it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from privacy.erasing import running
from privacy.models import Erasure, SubjectRequest
from privacy.services import leaving as services


def token_of(request: SubjectRequest) -> str:
    """What stands in the link of the mail."""
    return services.confirmation_url(request).rstrip("/").rpartition("/")[2]


def ask(
    member: Any,
    *,
    leads: Erasure.Leads = Erasure.Leads.NOW,
    successors: Mapping[int, int] | None = None,
    now: datetime | None = None,
) -> SubjectRequest:
    """Wish to leave."""
    return services.ask_to_leave(
        member=member, leads=leads, successors=successors or {}, text="", now=now or timezone.now()
    )


def ask_and_confirm(member: Any, **wishes: Any) -> SubjectRequest:
    """The same, confirmed; and the two weeks are over."""
    request = ask(member, **wishes)
    services.confirm_leaving(token=token_of(request), now=timezone.now())
    Erasure.objects.filter(pk=request.pk).update(runs_at=timezone.now())
    return request


def leave(member: Any, **wishes: Any) -> SubjectRequest:
    """All of it."""
    request = ask_and_confirm(member, **wishes)
    running.run(request.pk)
    request.refresh_from_db()
    return request
