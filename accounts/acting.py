"""The company a member acts for; a person may act for several, one at a time."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import Member
from directory.models import EDITORS, Company, TeamMember

SESSION_KEY = "acting_company"


@dataclass(frozen=True, slots=True)
class Acting:
    """For which company a member acts, with which role; `others` are the person's remaining companies."""

    company: Company
    role: str
    others: tuple[Company, ...]

    @property
    def can_edit(self) -> bool:
        """Owners and editors post, answer and change the profile; viewers read."""
        return self.role in EDITORS

    @property
    def is_owner(self) -> bool:
        """Owners also invite, change roles and hide the company."""
        return self.role == TeamMember.Role.OWNER


class MemberRequest(HttpRequest):
    """A request of a logged-in member; `acting` is there behind the decorators of accounts.access."""

    user: Member  # login_required shuts out the visitor's half of the union
    acting: Acting


def find_acting(*, member: Member, chosen_id: int | None) -> Acting | None:
    """The chosen company, else the one joined first; None for a person without a company. One query."""
    teams = list(TeamMember.objects.filter(member=member).select_related("company").order_by("joined_at", "id"))
    if not teams:
        return None
    current = next((team for team in teams if team.company_id == chosen_id), teams[0])
    return Acting(
        company=current.company,
        role=current.role,
        others=tuple(team.company for team in teams if team != current),
    )


def acting_for(request: HttpRequest) -> Acting | None:
    """Who the reader acts for, found once a request; None for visitors, who cost no query."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "acting_found"):
        found = find_acting(member=request.user, chosen_id=request.session.get(SESSION_KEY))
        request.acting_found = found  # type: ignore[attr-defined]
    return request.acting_found  # type: ignore[attr-defined, no-any-return]


def act_for(request: HttpRequest, company: Company) -> None:
    """Remember the choice for the session; somebody who is not in the company's team keeps acting for their own."""
    request.session[SESSION_KEY] = company.pk
