"""What reports, decisions and tickets hold about people: who wrote them, whom they are about, who handled them."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moderation.models import Decision, Report, Ticket, TicketReply
from moderation.registry import moderatables
from privacy.datamap import (
    BLANK,
    UNLINK,
    Held,
    Keep,
    days_after,
    declare,
    either,
    found_by,
    kept,
    mailbox,
    member,
)
from privacy.purposes import MODERATION, STAFF_RECORD, SUPPORT


def _targets(member_id: int) -> Q:
    """Reports and decisions about what the person answers for."""
    found = Q(pk__in=[])
    for kind in moderatables():
        if kind.keys_of:
            found |= Q(target_kind=kind.kind, target_id__in=kind.keys_of(member_id))
    return found


def _answer_for(rows: Any) -> Any:
    """The members who answer for what the rows are about, of all kinds."""
    found = Q(pk__in=[])
    for kind in moderatables():
        if kind.members_of:
            found |= Q(pk__in=kind.members_of(rows.filter(target_kind=kind.kind).values("target_id")))
    return get_user_model()._default_manager.filter(found).values("pk")


def _closed_long_ago(at: datetime) -> Q:
    never = Q(closed_at=None, filed_at__lt=at - timedelta(days=3 * 365))
    return Q(closed_at__lt=at - timedelta(days=730)) | never


TARGET = found_by("target", _targets, back=_answer_for)
ABOUT_ME = Held(about=TARGET, erase=kept(_("kept until its time is over, to protect others")))


def _by_staff(column: str) -> Held:
    return Held(about=member(column), why=STAFF_RECORD, erase=UNLINK)


declare(
    Report,
    what=_("Reports that you filed, or that were filed about what you published"),
    about=either(member("reporter"), mailbox("email", reporter=None)),
    why=MODERATION,
    keep=Keep(_("2 years after it was closed, at most 3 years"), over=_closed_long_ago),
    source=_("whoever reported it"),
    reporter=Held(erase=UNLINK),
    email=Held(erase=BLANK),
    text=Held(erase=BLANK),
    target_title=ABOUT_ME,
    target_id=ABOUT_ME,
    closed_by=_by_staff("closed_by"),
    neutral="id submission target_kind reason state filed_at hid_at closed_at",
    words={"target_id": _("its number")},
)
declare(
    Decision,
    what=_("Decisions of our moderators about what you published"),
    about=TARGET,
    why=MODERATION,
    keep=days_after(730, "decided_at", _("2 years")),
    source=_("our moderators"),
    erase=kept(_("kept until its time is over, to protect others")),
    held="target_title target_id reason",
    decided_by=_by_staff("decided_by"),
    neutral="id target_kind action decided_at",
    words={"target_id": _("its number")},
)
WRITER = either(member("member"), mailbox("email", member=None))
declare(
    Ticket,
    what=_("Messages that you sent us through the contact page"),
    about=WRITER,
    why=SUPPORT,
    keep=days_after(730, "opened_at", _("2 years")),
    held="name email text member",
    neutral="number submission kind state opened_at",
)
declare(
    TicketReply,
    what=_("Our answers to you"),
    about=either(member("ticket__member"), mailbox("ticket__email", ticket__member=None)),
    why=SUPPORT,
    keep=days_after(730, "sent_at", _("2 years")),
    source=_("our staff"),
    held="text",
    author=_by_staff("author"),
    neutral="id ticket submission sent_at",
)
