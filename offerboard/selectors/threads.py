"""What a thread shows to one of its two companies."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from directory.models import Company
from directory.selectors.cards import place
from directory.selectors.trust import badge, identity_checked_at
from offerboard.models import Block, Inquiry, Lead, Message, ReadMark
from offerboard.presentation import full_time
from offerboard.selectors.cursors import read_cursor, write_cursor
from privacy.masking import split_masked

MESSAGES = 50  # newest ones on the page; a link leads to the earlier ones
KEY_DIGITS = 18  # a key with more is nobody's, and may be too long for a bigint


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message; `parts` are (words, whether they stand for a hidden contact detail)."""

    pk: int
    is_mine: bool
    author_name: str
    company_name: str
    sent_at: datetime
    when: str
    full_time: str
    parts: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread from one side; a URL is "" where there is nothing public to see."""

    inquiry: Inquiry
    url: str
    folder: str  # where the list holds it: "blocked", "sent" while nobody answered, else "inbox"
    subject: str
    other_name: str
    other_url: str
    place: str
    verified: str  # "Identity verified Oct 2026" or ""
    lead_label: str  # "" when the thread is not about a lead
    lead_is_sell: bool
    lead_url: str
    messages: list[MessageView]
    earlier_cursor: str  # "" when the first message is shown
    is_blocking: bool
    is_suspended: bool
    has_left: bool  # the other company has closed
    unread_until: datetime | None  # when the newest message was sent, if the member has not read it


def thread_page(*, pk: UUID, company_id: int, member_id: int, cursor: str, at: datetime) -> ThreadView | None:
    """The thread's newest messages, or those before the cursor; None unless the company takes part. Two queries."""
    read = ReadMark.objects.filter(inquiry=OuterRef("pk"), member_id=member_id).values("read_at")[:1]
    inquiry = (
        Inquiry.objects.of_company(company_id)
        .filter(pk=pk)
        .select_related("sender", "recipient", "lead")
        .annotate(
            read_at=Subquery(read, output_field=DateTimeField()),
            sender_verified_at=identity_checked_at(at=at, company="sender_id"),
            recipient_verified_at=identity_checked_at(at=at, company="recipient_id"),
            has_answer=Exists(Message.objects.filter(inquiry=OuterRef("pk")).exclude(company_id=company_id)),
            blocks_sender=Exists(Block.objects.filter(company_id=company_id, blocked=OuterRef("sender"))),
            blocks_recipient=Exists(Block.objects.filter(company_id=company_id, blocked=OuterRef("recipient"))),
        )
        .first()
    )
    if inquiry is None:
        return None
    messages = Message.objects.filter(inquiry=inquiry).select_related("author").order_by("-sent_at", "-id")
    if before := _parse(cursor):
        moment, key = before
        messages = messages.filter(Q(sent_at__lt=moment) | Q(sent_at=moment, pk__lt=key))
    found = list(messages[: MESSAGES + 1])
    return _view(inquiry, found, company_id=company_id, at=at, is_newest=not cursor)


def _view(inquiry: Inquiry, found: list[Message], *, company_id: int, at: datetime, is_newest: bool) -> ThreadView:
    known = vars(inquiry)  # the annotations above
    other = inquiry.other_side(company_id)
    names = {inquiry.sender_id: inquiry.sender.legal_name, inquiry.recipient_id: inquiry.recipient.legal_name}
    theirs = max((message.sent_at for message in found if message.company_id != company_id), default=None)
    is_unread = is_newest and theirs is not None and (known["read_at"] is None or theirs > known["read_at"])
    is_blocking = known["blocks_sender"] or known["blocks_recipient"]
    return ThreadView(
        inquiry=inquiry,
        url=inquiry.get_absolute_url(),
        folder="blocked" if is_blocking else "inbox" if known["has_answer"] else "sent",
        subject=inquiry.subject,
        other_name=other.legal_name,
        other_url=other.get_absolute_url() if other.state == Company.State.LISTED else "",
        place=place(other),
        verified=badge(known["sender_verified_at" if other == inquiry.sender else "recipient_verified_at"]),
        lead_label=inquiry.lead.get_kind_display() if inquiry.lead else "",
        lead_is_sell=inquiry.lead is not None and inquiry.lead.kind == Lead.Kind.SELL_OFFER,
        lead_url=_lead_url(inquiry, at=at),
        messages=[
            _message(message, company_id=company_id, names=names, at=at) for message in reversed(found[:MESSAGES])
        ],
        earlier_cursor=write_cursor(found[MESSAGES - 1].sent_at, found[MESSAGES - 1].pk)
        if len(found) > MESSAGES
        else "",
        is_blocking=is_blocking,
        is_suspended=Company.State.SUSPENDED in {inquiry.sender.state, inquiry.recipient.state},
        has_left=other.state == Company.State.CLOSED,
        unread_until=theirs if is_unread else None,
    )


def _parse(cursor: str) -> tuple[datetime, int] | None:
    """The earliest message of the page before; a mark that nobody was given reads as the newest page."""
    read = read_cursor(cursor)
    if read is None or not read[1].isdecimal() or len(read[1]) > KEY_DIGITS:
        return None
    return read[0], int(read[1])


def _lead_url(inquiry: Inquiry, *, at: datetime) -> str:
    lead = inquiry.lead
    if lead is None:
        return ""
    lead.company = inquiry.recipient  # a thread about a lead is with the lead's company
    return lead.get_absolute_url() if lead.is_public(at=at) else ""


def _message(message: Message, *, company_id: int, names: dict[int, str], at: datetime) -> MessageView:
    local = timezone.localtime(message.sent_at)
    return MessageView(
        pk=message.pk,
        is_mine=message.company_id == company_id,
        author_name=message.author.name if message.author else _("Former member"),
        company_name=names[message.company_id],
        sent_at=message.sent_at,
        when=_when(local, at=at),
        full_time=full_time(message.sent_at),
        parts=split_masked(message.text),
    )


def _when(local: datetime, *, at: datetime) -> str:
    today = timezone.localtime(at).date()
    time = date_format(local, "H:i")
    if local.date() == today:
        return _("today, %(time)s") % {"time": time}
    if local.date() == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": time}
    day = date_format(local, "j M" if local.year == today.year else "j M Y")
    return _("%(day)s, %(time)s") % {"day": day, "time": time}
