"""Who acts for a company, as what; a company always keeps an owner."""

from django.db import transaction

from accounts.models import Member
from directory.models import Company, TeamMember
from directory.selectors.owners import staying_owners


class NotAnOwner(Exception):
    """Only owners change the team; the person may have been one until a moment ago."""


class LastOwner(Exception):
    """The company would be left without an owner."""


class NotInTeam(Exception):
    """The person has left the team, or was never in it."""


@transaction.atomic(durable=True)
def change_role(*, company: Company, actor: Member, team_member_id: int, role: str) -> TeamMember:
    """An owner gives somebody in the team another role; raises NotInTeam, NotAnOwner and LastOwner."""
    team = _locked_team(company)
    _require_owner(team, actor)
    changed = _find(team, team_member_id)
    if role != TeamMember.Role.OWNER:
        _require_another_owner(team, changed)
    changed.role = role
    changed.save(update_fields=["role"])
    return changed


@transaction.atomic(durable=True)
def remove_from_team(*, company: Company, actor: Member, team_member_id: int) -> TeamMember:
    """An owner removes somebody, or anybody leaves; raises NotInTeam, NotAnOwner and LastOwner."""
    team = _locked_team(company)
    removed = _find(team, team_member_id)
    if removed.member_id != actor.pk:
        _require_owner(team, actor)
    _require_another_owner(team, removed)
    TeamMember.objects.filter(pk=removed.pk).delete()
    return removed


def _locked_team(company: Company) -> list[TeamMember]:
    # Of two owners who remove each other the second waits here, and then is no owner any more.
    return list(
        TeamMember.objects.filter(company=company)
        .select_related("member")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _find(team: list[TeamMember], team_member_id: int) -> TeamMember:
    found = next((one for one in team if one.pk == team_member_id), None)
    if found is None:
        raise NotInTeam
    return found


def _require_owner(team: list[TeamMember], actor: Member) -> None:
    if not any(one.member_id == actor.pk and one.role == TeamMember.Role.OWNER for one in team):
        raise NotAnOwner


def _require_another_owner(team: list[TeamMember], leaving: TeamMember) -> None:
    if leaving.role != TeamMember.Role.OWNER:
        return
    others = staying_owners().filter(pk__in=[one.pk for one in team if one != leaving])
    if not others.exists():  # who wishes to leave the market will own nothing
        raise LastOwner
