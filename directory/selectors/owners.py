"""Who goes on owning companies."""

from django.db.models import QuerySet

from directory.models import TeamMember
from privacy.selectors.people import leaving_members


def staying_owners() -> "QuerySet[TeamMember, TeamMember]":
    """The owners who do not wish to leave the market; a company that has none among its owners will close."""
    return TeamMember.objects.filter(role=TeamMember.Role.OWNER).exclude(member__in=leaving_members())
