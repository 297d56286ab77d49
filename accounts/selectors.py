"""What the pages about oneself and one's team show, fetched whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import Invitation, InvitationQuerySet, Member
from directory.models import Company, TeamMember
from privacy.models import PolicyAcceptance


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Everything about oneself that is not in the form."""

    new_address: str  # asked for and not confirmed yet; "" when there is none
    authenticators: int
    teams: Sequence[TeamMember]
    invitations: Sequence[Invitation]
    acceptances: Sequence[PolicyAcceptance]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A company's people and the invitations that are open."""

    people: Sequence[TeamMember]
    invitations: Sequence[Invitation]


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """An invitation, and how it stands to whoever reads it."""

    invitation: Invitation
    is_open: bool
    has_account: bool  # somebody has signed up with the address; shown to nobody but who reads its mail
    is_for_reader: bool  # the address is the reader's own
    reader_is_in_team: bool


def waiting_invitations(*, member: Member, at: datetime) -> InvitationQuerySet:
    """Open invitations to the addresses that the member has confirmed, the newest first."""
    addresses = EmailAddress.objects.filter(user=member, verified=True).values("email")
    return Invitation.objects.open(at=at).filter(email__in=addresses).order_by("-invited_at")


def profile_page(*, member: Member, at: datetime) -> ProfilePage:
    """Five queries."""
    new_address = EmailAddress.objects.filter(user=member, verified=False).exclude(email=member.email).first()
    return ProfilePage(
        new_address=new_address.email if new_address else "",
        authenticators=Authenticator.objects.filter(user=member).exclude(type="recovery_codes").count(),
        teams=list(TeamMember.objects.filter(member=member).select_related("company").order_by("joined_at", "id")),
        invitations=list(waiting_invitations(member=member, at=at).select_related("company", "invited_by")),
        acceptances=list(
            PolicyAcceptance.objects.filter(member=member).select_related("version").order_by("-accepted_at", "-id")
        ),
    )


def team_page(*, company: Company, at: datetime) -> TeamPage:
    """Two queries."""
    return TeamPage(
        people=list(TeamMember.objects.filter(company=company).select_related("member").order_by("joined_at", "id")),
        invitations=list(
            Invitation.objects.open(at=at).filter(company=company).select_related("invited_by").order_by("-invited_at")
        ),
    )


def invitation_by_hash(token_hash: str) -> Invitation | None:
    """The invitation whose link has this token, open or not, with its company and inviter."""
    return Invitation.objects.filter(token_hash=token_hash).select_related("company", "invited_by").first()


def invitation_page(*, token_hash: str, reader_id: int | None, at: datetime) -> InvitationPage | None:
    """What the link's follower sees; at most four queries. None: there is no such link."""
    invitation = invitation_by_hash(token_hash)
    if invitation is None:
        return None
    own = EmailAddress.objects.filter(user=reader_id, email=invitation.email, verified=True)
    team = TeamMember.objects.filter(company=invitation.company, member=reader_id)
    return InvitationPage(
        invitation=invitation,
        is_open=invitation.is_open(at=at),
        has_account=Member.objects.filter(email=invitation.email).exists(),
        is_for_reader=reader_id is not None and own.exists(),
        reader_is_in_team=reader_id is not None and team.exists(),
    )
