"""Companies whose owner leaves: another of their people owns them afterwards, or they close."""

from collections.abc import MutableSequence, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from directory.models import Company, TeamMember, Verification
from directory.services import StateConflict, close_company, move_company
from mailings.services import queue_mail
from privacy.departures import Departure, Estate, Leaving, register_departure, register_eraser, register_estates

OWNER = TeamMember.Role.OWNER


def owned_alone(member_id: int) -> "QuerySet[Company, Company]":
    """The companies that nobody else owns."""
    others = TeamMember.objects.filter(company=OuterRef("pk"), role=OWNER).exclude(member=member_id)
    own = Company.objects.filter(team__member=member_id, team__role=OWNER).exclude(state=Company.State.CLOSED)
    return own.filter(~Exists(others)).order_by("pk")


def estates(member_id: int) -> Sequence[Estate]:
    """The same with those of the team who could own it afterwards. Two queries."""
    companies = owned_alone(member_id).prefetch_related("team__member")
    return [
        Estate(
            company.pk,
            company.legal_name,
            [(one.member_id, one.member.name) for one in company.team.all() if _may_own(one.member, member_id)],
        )
        for company in companies
    ]


def _may_own(heir: Any, member_id: int) -> bool:
    return bool(heir.pk != member_id and heir.is_active)


@transaction.atomic
def settle_companies(*, leaving: Leaving, files: MutableSequence[str], now: datetime) -> int:
    """Hand one company over, or close it."""
    company = owned_alone(leaving.member_id).first()
    if company is None:
        return 0
    Company.objects.select_for_update().get(pk=company.pk)
    heir = leaving.successors.get(company.pk)
    if heir is not None and _hand_over(company, heir, now=now):
        TeamMember.objects.filter(company=company, member=leaving.member_id).delete()
        return 1
    if logo := close_company(company=company, now=now):
        files.append(f"directory.Company.logo {logo}")
    return 1


def _hand_over(company: Company, heir: int, *, now: datetime) -> bool:
    """Whether there is still such a person in the team; who is told by mail."""
    people = TeamMember.objects.filter(company=company, member=heir, member__is_active=True)
    if not people.update(role=OWNER):
        return False
    member: Any = get_user_model()._default_manager.get(pk=heir)
    context = {"name": member.name, "company_name": company.legal_name}
    queue_mail(template="company_handed_over", to=member.email, language=member.language, context=context, now=now)
    return True


def _hide(leaving: Leaving, now: datetime) -> list[int]:
    """Companies that will close are not shown any more; the numbers of those that were."""
    hidden = []
    for company in owned_alone(leaving.member_id).exclude(pk__in=leaving.successors):
        with suppress(StateConflict):  # it was not shown anyway
            move_company(company=company, before=Company.State.LISTED, after=Company.State.HIDDEN, now=now)
            hidden.append(company.pk)
    return hidden


def _show(_leaving: Leaving, hidden: list[int], now: datetime) -> None:
    for company in Company.objects.filter(pk__in=hidden):
        with suppress(StateConflict):  # suspended meanwhile, or shown by somebody else
            move_company(company=company, before=Company.State.HIDDEN, after=Company.State.LISTED, now=now)


def register() -> None:
    """Make companies known to those who leave."""
    register_estates(estates)
    register_departure(Departure("companies", _hide, _show))
    register_eraser(settle_companies, Company, Company.industries.through, Verification, first=True)
