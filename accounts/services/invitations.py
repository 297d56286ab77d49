"""Inviting people into a company's team, by a link that only the invited mailbox receives."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Invitation, InvitationQuerySet, Member
from accounts.selectors import waiting_invitations
from directory.models import Company, TeamMember
from mailings.services import queue_mail

VALID = timedelta(days=14)
PAUSE = timedelta(hours=1)  # inviting the same address again sooner sends no second mail
MOST_A_DAY = 20  # addresses per company, so that nobody uses this market to write to strangers


class AlreadyInTeam(Exception):
    """The address belongs to a member of the team."""


class CompanySuspended(Exception):
    """Staff have suspended the company; nothing goes out in its name."""


class TooManyInvitations(Exception):
    """The company has invited as many people as one may in a day."""


class InvitationClosed(Exception):
    """There is no such invitation, or it has expired, was withdrawn, declined or accepted."""


class OtherAddress(Exception):
    """The invitation was sent to an address that the member has not confirmed as their own."""


def token_hash(token: str) -> str:
    """What is stored of a link's token: its SHA-256, hexadecimal. The token itself has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic(durable=True)
def invite(*, company: Company, inviter: Member, email: str, role: str, now: datetime) -> Invitation:
    """Mail a link that lets the address's holder into the team; inviting again renews it, and its role.

    A mail went out if `invited_at` of the answer is `now`; to somebody who has left none does, and nothing here tells.
    Raises CompanySuspended, AlreadyInTeam, TooManyInvitations.
    """
    email = email.strip().lower()
    locked = Company.objects.select_for_update().get(pk=company.pk)  # the second of two clicks finds the first's work
    if locked.state == Company.State.SUSPENDED:
        raise CompanySuspended
    holders = TeamMember.objects.filter(member__emailaddress__email=email, member__emailaddress__verified=True)
    if holders.filter(company=company).exists():
        raise AlreadyInTeam
    known = Invitation.objects.filter(company=company, email=email, accepted_at=None).first()
    if known is None and _invited_today(company, now=now) >= MOST_A_DAY:
        raise TooManyInvitations
    invitation = known or Invitation(company=company, email=email)
    invitation.role = role
    invitation.expires_at = now + VALID
    if known is None or known.invited_at <= now - PAUSE:
        token = secrets.token_urlsafe(32)
        invitation.token_hash = token_hash(token)
        invitation.invited_by = inviter
        invitation.invited_at = now
        _queue_invitation(invitation, inviter=inviter, token=token, now=now)
    invitation.save()
    return invitation


def _invited_today(company: Company, *, now: datetime) -> int:
    return Invitation.objects.filter(company=company, invited_at__gt=now - timedelta(days=1)).count()


def _queue_invitation(invitation: Invitation, *, inviter: Member, token: str, now: datetime) -> None:
    queue_mail(
        template="invitation",
        to=invitation.email,
        language=inviter.language,
        context={
            "company_name": invitation.company.legal_name,
            "inviter_name": inviter.name,
            "role": invitation.get_role_display(),
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("accounts:invitation", args=[token]),
            "policy_url": settings.SITE_URL + reverse("privacy:policy"),
        },
        now=now,
    )


@transaction.atomic(durable=True)
def withdraw_invitation(*, company: Company, invitation_id: int, now: datetime) -> None:
    """Make an open invitation's link useless; raises InvitationClosed."""
    _close(Invitation.objects.filter(company=company, pk=invitation_id), now=now)


@transaction.atomic(durable=True)
def decline_invitation(*, member: Member, invitation_id: int, now: datetime) -> None:
    """The same, asked by the invited member; raises InvitationClosed."""
    _close(waiting_invitations(member=member, at=now).filter(pk=invitation_id), now=now)


def _close(invitations: InvitationQuerySet, *, now: datetime) -> None:
    # The row stays, so that withdrawing and inviting again does not get round the limits on mail.
    if not invitations.open(at=now).update(expires_at=now):
        raise InvitationClosed


@transaction.atomic(durable=True)
def accept_invitation(*, token: str, member: Member, now: datetime) -> TeamMember:
    """Let the member who followed the mail's link into the team; raises what join_by_token raises."""
    return join_by_token(token=token, member=member, now=now)


@transaction.atomic
def join_by_token(*, token: str, member: Member, now: datetime) -> TeamMember:
    """The same within another service's transaction.

    Raises InvitationClosed, and OtherAddress when the link was mailed to somebody else.
    """
    return _accept(Invitation.objects.filter(token_hash=token_hash(token)), member=member, now=now)


@transaction.atomic(durable=True)
def accept_waiting_invitation(*, invitation_id: int, member: Member, now: datetime) -> TeamMember:
    """The same from the account page, without the link; raises InvitationClosed."""
    return _accept(waiting_invitations(member=member, at=now).filter(pk=invitation_id), member=member, now=now)


def _accept(invitations: InvitationQuerySet, *, member: Member, now: datetime) -> TeamMember:
    invitation = invitations.open(at=now).select_related("company").select_for_update(of=("self",)).first()
    if invitation is None:
        raise InvitationClosed
    if not EmailAddress.objects.filter(user=member, email=invitation.email, verified=True).exists():
        raise OtherAddress
    team_member, _created = TeamMember.objects.get_or_create(  # who is in the team already keeps their role
        company=invitation.company, member=member, defaults={"role": invitation.role, "joined_at": now}
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    return team_member
