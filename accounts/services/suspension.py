"""Shutting a member out, and letting them in again."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import Member
from accounts.registry import followers


class NotSuspendable(Exception):
    """The member is suspended already, is leaving, or is staff, whom an administrator first takes off the staff."""


class NotSuspended(Exception):
    """There is nothing to lift."""


@transaction.atomic
def suspend_member(*, member_id: int, now: datetime) -> None:
    """End every session; what the person posted disappears in the same commit. Raises NotSuspendable."""
    active = Member.objects.filter(pk=member_id, state=Member.State.ACTIVE, is_staff=False, is_superuser=False)
    if not active.update(state=Member.State.SUSPENDED):
        raise NotSuspendable
    sessions = UserSession.objects.filter(user_id=member_id)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()
    for follow in followers():
        follow(member_id, True, now)


@transaction.atomic
def restore_member(*, member_id: int, now: datetime) -> None:
    """Let the person log in again and show their leads as before. Raises NotSuspended."""
    suspended = Member.objects.filter(pk=member_id, state=Member.State.SUSPENDED)
    if not suspended.update(state=Member.State.ACTIVE):
        raise NotSuspended
    for follow in followers():
        follow(member_id, False, now)
