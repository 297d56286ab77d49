"""An account that is being left: it may be used until the end, and then only its number is there."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Invitation, Member
from directory.models import Company
from directory.registry import register_company_follower
from privacy.departures import Accounts, Addressee, Departure, Leaving, register_accounts, register_departure

FORMER = "Former member"  # in the place of a name


@transaction.atomic
def close_account(member_id: int, now: datetime) -> Addressee | None:
    """Leave nothing of the row but its number, so that no other account gets it. None when it was done before."""
    member = Member.objects.select_for_update().exclude(state=Member.State.CLOSED).filter(pk=member_id).first()
    if member is None:
        return None
    addressee = Addressee(member.email, member.language, member.name)
    # RFC 2606: a name under .invalid is nobody's for ever.
    blank = Member(pk=member.pk, email=f"former-{member.pk}@left.invalid", full_name=FORMER, joined_at=now)
    blank.state = Member.State.CLOSED
    blank.set_unusable_password()
    blank.save(force_update=True)
    return addressee


def freeze(member_id: int) -> None:
    """As for somebody suspended: every request asks whether its member is active."""
    Member.objects.filter(pk=member_id).exclude(state=Member.State.CLOSED).update(state=Member.State.SUSPENDED)


def identify(member_id: int) -> str | None:
    """The number with the moment of joining, which never changes."""
    joined = Member.objects.exclude(state=Member.State.CLOSED).filter(pk=member_id).values_list("joined_at", flat=True)
    return next((f"{member_id} {moment.isoformat()}" for moment in joined), None)


def _begin(leaving: Leaving, _now: datetime) -> bool:
    active = Member.objects.filter(pk=leaving.member_id, state=Member.State.ACTIVE)
    return bool(active.update(state=Member.State.CLOSING))


def _bring_back(leaving: Leaving, _was_active: Any, _now: datetime) -> None:
    Member.objects.filter(pk=leaving.member_id, state=Member.State.CLOSING).update(state=Member.State.ACTIVE)


def _end_invitations(company: Company, now: datetime) -> None:
    """Nobody can join a company that has closed."""
    if company.state == Company.State.CLOSED:
        Invitation.objects.filter(company=company).open(at=now).update(expires_at=now)


def register() -> None:
    """Make accounts known to those who leave."""
    register_accounts(Accounts(close_account, freeze, identify))
    register_departure(Departure("account", _begin, _bring_back))
    register_company_follower("invitations", _end_invitations)
