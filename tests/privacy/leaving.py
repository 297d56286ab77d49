"""Somebody leaves, as far as a test needs it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from directory.models import Company, TeamMember
from offerboard.models import Lead
from privacy.erasing import running
from privacy.models import Erasure, SubjectRequest
from privacy.services import leaving as services
from tests.factories import NOW, PASSWORD, CompanyFactory, LeadFactory, MemberFactory


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


def browser(member: Any, *, knows_password: bool = True) -> Client:
    """A browser of the member, who has just given the password or not."""
    client = Client()
    client.force_login(member)
    if knows_password:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def state_of(thing: Any) -> str:
    """As the database has it now."""
    thing.refresh_from_db()
    return str(thing.state)


def colleague(company: Company, role: str) -> Member:
    """Somebody else of the team."""
    member = MemberFactory()
    TeamMember.objects.create(company=company, member=member, role=role, joined_at=NOW)
    return member


def on_board() -> int:
    """How many leads the world sees, on the factories' day."""
    return Lead.objects.public(at=NOW).count()


def only_owner() -> Member:
    """The only owner of a company, with a lead on the board."""
    member = MemberFactory(company=CompanyFactory(state="listed"), full_name="Linh Tran", password=PASSWORD)
    LeadFactory(company=Company.objects.get(team__member=member), posted_by=member)
    return member
