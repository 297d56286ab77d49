"""Companies as moderation sees them: how a report finds one, and what staff may do."""

from datetime import datetime
from typing import Protocol

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Company, TeamMember
from directory.services import StateConflict, admit_company, restore_company, suspend_company
from moderation.registry import Moderatable, Subject, register


class ChangesState(Protocol):
    """A service that moves one company to another state."""

    def __call__(self, *, company: Company, now: datetime) -> None:
        """Raise StateConflict when the company is not where this starts from."""


def find_company(key: str, member_id: int | None) -> Subject | None:
    """The company with this slug, as far as the reader may know of it: listed, one's own, or any for staff."""
    company = Company.objects.filter(slug=key).first()
    if company is None or not (company.state == Company.State.LISTED or _may_see_hidden(company, member_id)):
        return None
    owners = TeamMember.objects.filter(company=company, role=TeamMember.Role.OWNER).order_by("member")
    return Subject(
        kind="company",
        key=company.slug,
        title=company.legal_name,
        url=company.get_absolute_url(),
        admin_url=reverse("admin:directory_company_change", args=[company.pk]),
        people=list(owners.values_list("member", flat=True)),
    )


def _may_see_hidden(company: Company, member_id: int | None) -> bool:
    if member_id is None:
        return False
    staff = get_user_model().objects.filter(pk=member_id, is_staff=True)
    return staff.exists() or company.team.filter(member_id=member_id).exists()


def _act(service: ChangesState, key: str, now: datetime) -> bool:
    """Carry out a decision; False when it changed nothing because the company was in that state already."""
    company = Company.objects.filter(slug=key).first()
    if company is None:
        return False
    try:
        service(company=company, now=now)
    except StateConflict:
        return False
    return True


def _approve(key: str, _reason: str, now: datetime) -> bool:
    """Of a company that waits for a look only."""
    return _act(admit_company, key, now)


def _suspend(key: str, _reason: str, now: datetime) -> bool:
    """The reason is kept with the decision and sent to the owners; the company itself does not carry it."""
    return _act(suspend_company, key, now)


def _restore(key: str, _reason: str, now: datetime) -> bool:
    return _act(restore_company, key, now)


COMPANY = Moderatable(
    kind="company",
    find=find_company,
    actions={"approve": _approve, "suspend": _suspend, "restore": _restore},
    label=_("company"),
    keys_of=lambda member_id: Company.objects.filter(team__member=member_id, team__role="owner").values("slug"),
    members_of=lambda keys: TeamMember.objects.filter(company__slug__in=keys, role="owner").values("member"),
)


def register_company() -> None:
    """Make companies known to moderation."""
    register(COMPANY)
