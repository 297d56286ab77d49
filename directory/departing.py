"""Companies whose owner leaves: another of their people owns them afterwards, or they close."""

from collections.abc import Collection, MutableSequence, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from directory.models import Company, TeamMember, Verification
from directory.selectors.owners import staying_owners
from directory.services import StateConflict, close_company, move_company
from mailings.services import queue_mail
from privacy.departures import Departure, Estate, Leaving, register_departure, register_eraser, register_estates
from privacy.followers import register_listings

OWNER, State = TeamMember.Role.OWNER, Company.State


def owned_alone(member_id: int) -> "QuerySet[Company, Company]":
    """The companies that nobody else owns but people who are leaving too."""
    others = staying_owners().filter(company=OuterRef("pk")).exclude(member=member_id)
    own = Company.objects.filter(team__member=member_id, team__role=OWNER).exclude(state=Company.State.CLOSED)
    return own.filter(~Exists(others)).order_by("pk")


def estates(member_id: int) -> Sequence[Estate]:
    """What the member owns alone, each with those of its team who could own it afterwards. Two queries."""
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
    """Take the person out of one team; whose only owner they are at that moment is handed over, or closes."""
    found = TeamMember.objects.filter(member=leaving.member_id).order_by("company").first()
    if found is None:
        return 0
    company = Company.objects.select_for_update().get(pk=found.company_id)  # of two who leave, the second is the last
    others = company.team.exclude(member=leaving.member_id)
    is_last = found.role == OWNER and not others.filter(role=OWNER).exists()
    company.team.filter(member=leaving.member_id).delete()
    heir = leaving.successors.get(company.pk)
    if not is_last or (heir is not None and _hand_over(company, heir, now=now)):
        return 1
    _tell_team(company, template="company_closed", now=now)
    if company.state != Company.State.CLOSED and (logo := close_company(company=company, now=now)):
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


def _tell_team(company: Company, *, template: str, now: datetime, but: int | None = None) -> None:
    """Those who act for a company that closes, so that they can ask for it before, and know it after."""
    for one in company.team.exclude(member=but).filter(member__is_active=True).select_related("member"):
        member: Any = one.member
        context = {"name": member.name, "company_name": company.legal_name}
        queue_mail(template=template, to=member.email, language=member.language, context=context, now=now)


def _hide(leaving: Leaving, now: datetime) -> dict[str, list[int]]:
    """Companies that will close are not shown any more, also not after a suspension; the numbers of those that were."""
    hidden, suspended = [], []
    for company in owned_alone(leaving.member_id).exclude(pk__in=leaving.successors):
        _tell_team(company, template="company_closing", now=now, but=leaving.member_id)
        with suppress(StateConflict):  # it was not shown anyway
            move_company(company=company, before=State.LISTED, after=State.HIDDEN, now=now)
            hidden.append(company.pk)
        if Company.objects.filter(pk=company.pk, suspended_from=State.LISTED).update(suspended_from=State.HIDDEN):
            suspended.append(company.pk)
    return {"hidden": hidden, "suspended": suspended}


def _show(_leaving: Leaving, before: dict[str, list[int]], now: datetime) -> None:
    for company in Company.objects.filter(pk__in=before["hidden"]):
        with suppress(StateConflict):  # suspended meanwhile, or shown by somebody else
            move_company(company=company, before=State.HIDDEN, after=State.LISTED, now=now)
    both = [*before["suspended"], *before["hidden"]]
    Company.objects.filter(pk__in=both, suspended_from=State.HIDDEN).update(suspended_from=State.LISTED)


def has_listed_companies(members: Collection[int]) -> bool:
    """Whether somebody can have copied the page of a company that goes with one of these members."""
    seen = Company.objects.exclude(state=State.DRAFT).exclude(suspended_from=State.DRAFT)
    return any(seen.filter(pk__in=owned_alone(member)).exists() for member in members)


def register() -> None:
    """Make companies known to those who leave."""
    register_listings(has_listed_companies)
    register_estates(estates)
    register_departure(Departure("companies", _hide, _show))
    register_eraser(settle_companies, Company, Company.industries.through, Verification, first=True)
