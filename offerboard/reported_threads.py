"""Inquiries as moderation sees them: either side may report a thread; staff then read it, and act on its company."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from moderation.registry import Exhibit, Exhibits, Moderatable, Subject, register
from offerboard.models import Inquiry, Message
from privacy.purposes import CONTACTING

SHOWN = 100  # messages, the newest


def find_thread(key: str, member_id: int | None) -> Subject | None:
    """The thread with this key, for the teams of its two companies and for staff."""
    if member_id is None or not (pk := _uuid(key)):
        return None
    inquiry = Inquiry.objects.select_related("sender", "recipient").filter(pk=pk).first()
    if inquiry is None:
        return None
    is_in_it = any(company.team.filter(member_id=member_id).exists() for company in (inquiry.sender, inquiry.recipient))
    if not is_in_it and not Member.objects.filter(pk=member_id, is_staff=True).exists():
        return None
    return Subject(
        kind="inquiry",
        key=key,
        title=_("%(subject)s, between %(sender)s and %(recipient)s")
        % {"subject": inquiry.subject, "sender": inquiry.sender, "recipient": inquiry.recipient},
        url=inquiry.get_absolute_url() if is_in_it else "",
        admin_url=reverse("admin:offerboard_inquiry_change", args=[inquiry.pk]),
        people=[],
    )


def messages_of(key: str) -> Sequence[Exhibit]:
    """What was written, oldest first."""
    pk = _uuid(key)
    if pk is None:
        return []
    newest = Message.objects.filter(inquiry_id=pk).select_related("author", "company").order_by("-sent_at", "-id")
    return [
        Exhibit(
            author_id=message.author_id,
            who=f"{message.author.name}, {message.company}" if message.author else str(message.company),
            at=message.sent_at,
            text=message.text,
        )
        for message in reversed(newest[:SHOWN])
    ]


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


THREAD = Moderatable(
    kind="inquiry",
    find=find_thread,
    actions={},  # nobody edits what companies write to each other
    label=gettext_lazy("inquiry"),
    exhibits=Exhibits(messages_of, CONTACTING, ["offerboard.Message.author", "offerboard.Message.text"]),
)


def register_thread() -> None:
    """Make threads known to moderation."""
    register(THREAD)
