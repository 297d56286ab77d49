"""Rows of people: members with confirmed addresses, their places in teams, and the accounts of the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Member
from directory.models import Company, TeamMember
from marketplace.seed.catalogue import BUYER, SELLER, Firm, rng_for
from privacy.models import PolicyAcceptance, PolicyVersion

# Whom a visitor of the demo can log in as.
DEMO_EMAILS = {
    "seller": "seller@example.com",
    "buyer": "buyer@example.com",
    "moderator": "moderator@example.com",
    "writer": "writer@example.com",  # to members, from communications
    "editor": "editor@example.com",  # as well: an announcement is released by a second person
}
_ROLES = (TeamMember.Role.OWNER, TeamMember.Role.EDITOR, TeamMember.Role.VIEWER)
_MAILBOXES = ("office", "sales", "export")
_STAFF = {"moderator": "Inês Carvalho", "writer": "Tunde Adeyemi", "editor": "Hana Novotná"}


@dataclass(frozen=True, slots=True)
class People:
    """Each firm's team by the firm's key, the owner first; and the staff."""

    teams: Mapping[str, Sequence[Member]]
    moderator: Member
    writer: Member
    editor: Member

    def writers(self, key: str) -> Sequence[Member]:
        """Those of a team who may post and write."""
        return self.teams[key][:2]


def seed_people(
    firms: Sequence[Firm], companies: Mapping[str, Company], *, passwords: Mapping[str, str], seed: int, now: datetime
) -> People:
    """Everyone, each with a confirmed address; `passwords` by role for the demo's accounts, nobody else can log in."""
    teams = {firm.key: _team(firm, companies[firm.key], passwords, seed) for firm in firms}
    staff = _staff(passwords, now)
    everyone = [*staff.values(), *(member for team in teams.values() for member in team)]
    Member.objects.bulk_create(everyone)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=member, email=member.email, primary=True, verified=True) for member in everyone
    )
    TeamMember.objects.bulk_create(
        TeamMember(company=companies[key], member=member, role=role, joined_at=member.joined_at)
        for key, team in teams.items()
        for member, role in zip(team, _ROLES, strict=False)
    )
    for role, member in staff.items():
        member.groups.add(Group.objects.get_or_create(name=role if role == "moderator" else "communications")[0])
    _accept_terms(everyone, now)
    return People(teams, **staff)


def _staff(passwords: Mapping[str, str], now: datetime) -> dict[str, Member]:
    joined_at = now - timedelta(days=1200)
    staff = {role: _member(DEMO_EMAILS[role], name, joined_at, passwords.get(role)) for role, name in _STAFF.items()}
    for member in staff.values():
        member.is_staff = True
    return staff


def _team(firm: Firm, company: Company, passwords: Mapping[str, str], seed: int) -> list[Member]:
    role = {SELLER: "seller", BUYER: "buyer"}.get(firm.key)
    rng = rng_for(seed, "people", firm.key)
    team = []
    for place, name in enumerate(firm.people):
        email = f"{_MAILBOXES[place]}@{firm.key}.example.com"
        password = None
        if role and place == 0:
            email, password = DEMO_EMAILS[role], passwords[role]
        member = _member(email, name, company.created_at + timedelta(days=rng.randint(0, 30) if place else 0), password)
        member.country = company.country
        member.phone = company.phone
        team.append(member)
    return team


def _member(email: str, name: str, joined_at: datetime, password: str | None) -> Member:
    return Member(
        email=email,
        full_name=name,
        password=make_password(password),
        adult_declared_at=joined_at,
        accuracy_declared_at=joined_at,
        joined_at=joined_at,
    )


def _accept_terms(members: Sequence[Member], now: datetime) -> None:
    """The version in force; whoever joined before it accepted it on the day it took effect."""
    version = PolicyVersion.objects.filter(kind=PolicyVersion.Kind.TERMS).in_force(at=now).first()
    if version is not None:
        PolicyAcceptance.objects.bulk_create(
            PolicyAcceptance(member=member, version=version, accepted_at=max(member.joined_at, version.effective_at))
            for member in members
        )
