"""Members as moderation sees them: staff find them by id; nobody else can report a person by guessing numbers."""

from datetime import datetime

from django.db.models import CharField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.services.suspension import NotSuspendable, NotSuspended, restore_member, suspend_member
from moderation.registry import Moderatable, Subject, register

KEY_DIGITS = 18  # a longer key is nobody's


def find_member(key: str, member_id: int | None) -> Subject | None:
    """The member with this id, for staff only."""
    if member_id is None or not key.isdecimal() or len(key) > KEY_DIGITS:
        return None
    if not Member.objects.filter(pk=member_id, is_staff=True).exists():
        return None
    member = Member.objects.filter(pk=int(key)).first()
    if member is None:
        return None
    return Subject(
        kind="member",
        key=key,
        title=member.name,
        url="",
        admin_url=reverse("admin:accounts_member_change", args=[member.pk]),
        people=[member.pk],
    )


def _suspend(key: str, _reason: str, now: datetime) -> bool:
    try:
        suspend_member(member_id=int(key), now=now)
    except NotSuspendable:
        return False
    return True


def _restore(key: str, _reason: str, now: datetime) -> bool:
    try:
        restore_member(member_id=int(key), now=now)
    except NotSuspended:
        return False
    return True


MEMBER = Moderatable(
    kind="member",
    find=find_member,
    actions={"suspend": _suspend, "restore": _restore},
    label=_("member"),
    keys_of=lambda member_id: Member.objects.filter(pk=member_id).values(key=Cast("pk", CharField())),
    members_of=lambda keys: Member.objects.annotate(key=Cast("pk", CharField())).filter(key__in=keys).values("pk"),
)


def register_member() -> None:
    """Make members known to moderation."""
    register(MEMBER)
