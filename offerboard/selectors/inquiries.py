"""What the inbox shows: folders, a page of threads, how many are unread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from offerboard.models import Block, Inquiry, Message, ReadMark
from offerboard.models.inquiry import InquiryQuerySet
from offerboard.selectors.cursors import read_cursor, write_cursor

PAGE = 20  # threads
EXCERPT = 160  # characters of the newest message in a row of the list
FOLDERS = ("inbox", "sent", "blocked")


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One thread as the list shows it; `when` is "09:42", "Yesterday", "19 Nov" or "19 Nov 2025"."""

    pk: UUID
    url: str
    company_name: str
    subject: str
    excerpt: str
    is_mine: bool  # the newest message is the reader's own company's
    at: datetime
    when: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of one folder, newest first; `next_cursor` is "" on the last page."""

    folder: str
    words: str
    rows: list[ThreadRow]
    next_cursor: str
    has_sent: bool  # asked only for an inbox that shows nothing: whether the company waits for answers


def unread_count(*, company_id: int, member_id: int) -> int:
    """How many of the company's threads hold something the member has not read, blocked ones apart.

    One query.
    """
    threads = _with_reading(Inquiry.objects.of_company(company_id), company_id=company_id, member_id=member_id)
    return threads.exclude(_is_blocked_by(company_id)).filter(_UNREAD).count()


def inbox_page(*, company_id: int, member_id: int, folder: str, words: str, cursor: str, at: datetime) -> InboxPage:
    """One page of a folder, or of what holds the words in it. One query, two for an empty inbox."""
    threads = _with_reading(_in_folder(folder, company_id), company_id=company_id, member_id=member_id)
    newest = Message.objects.filter(inquiry=OuterRef("pk")).order_by("-sent_at", "-id")
    threads = threads.annotate(
        excerpt=Subquery(newest.values(start=Left("text", EXCERPT))[:1], output_field=CharField()),
        newest_company=Subquery(newest.values("company_id")[:1]),
    ).select_related("sender", "recipient")
    if words:
        threads = threads.filter(_holding(words))
    if after := _parse(cursor):
        moment, pk = after
        threads = threads.filter(Q(last_message_at__lt=moment) | Q(last_message_at=moment, pk__lt=pk))
    found = list(threads.newest_first()[: PAGE + 1])
    shown = found[:PAGE]
    is_empty_inbox = folder == "inbox" and not words and not shown
    return InboxPage(
        folder=folder,
        words=words,
        rows=[_row(inquiry, company_id=company_id, at=at) for inquiry in shown],
        next_cursor=write_cursor(shown[-1].last_message_at, shown[-1].pk) if len(found) > PAGE else "",
        has_sent=is_empty_inbox and _in_folder("sent", company_id).exists(),
    )


def _in_folder(folder: str, company_id: int) -> InquiryQuerySet:
    if folder == "blocked":
        return Inquiry.objects.of_company(company_id).filter(_is_blocked_by(company_id))
    if folder == "sent":
        return Inquiry.objects.sent_by(company_id).exclude(_is_blocked_by(company_id))
    answered = Exists(Message.objects.filter(inquiry=OuterRef("pk")).exclude(company_id=company_id))
    return Inquiry.objects.of_company(company_id).filter(answered).exclude(_is_blocked_by(company_id))


def _is_blocked_by(company_id: int) -> Exists:
    other = Q(blocked=OuterRef("sender")) | Q(blocked=OuterRef("recipient"))
    return Exists(Block.objects.filter(other, company_id=company_id))


def _with_reading(threads: InquiryQuerySet, *, company_id: int, member_id: int) -> InquiryQuerySet:
    read = ReadMark.objects.filter(inquiry=OuterRef("pk"), member_id=member_id).values("read_at")[:1]
    theirs = Message.objects.filter(inquiry=OuterRef("pk")).exclude(company_id=company_id).order_by("-sent_at")
    return threads.annotate(
        read_at=Subquery(read, output_field=DateTimeField()),
        newest_of_theirs=Subquery(theirs.values("sent_at")[:1], output_field=DateTimeField()),
    )


_UNREAD = Q(newest_of_theirs__isnull=False) & (Q(read_at=None) | Q(newest_of_theirs__gt=F("read_at")))


def _holding(words: str) -> Q:
    """Plain matching inside one company's own threads, which are few; every word of the search as it was typed."""
    in_text = Exists(Message.objects.filter(inquiry=OuterRef("pk"), text__icontains=words))
    companies = Q(sender__legal_name__icontains=words) | Q(recipient__legal_name__icontains=words)
    return Q(subject__icontains=words) | companies | Q(in_text)


def _parse(cursor: str) -> tuple[datetime, UUID] | None:
    """The last row of the page before; a mark that nobody was given reads as the first page."""
    read = read_cursor(cursor)
    try:
        return (read[0], UUID(read[1])) if read else None
    except ValueError:
        return None


def _row(inquiry: Inquiry, *, company_id: int, at: datetime) -> ThreadRow:
    reading = vars(inquiry)  # the annotations above
    theirs, read_at = reading["newest_of_theirs"], reading["read_at"]
    return ThreadRow(
        pk=inquiry.pk,
        url=inquiry.get_absolute_url(),
        company_name=inquiry.other_side(company_id).legal_name,
        subject=inquiry.subject,
        excerpt=" ".join((reading["excerpt"] or "").split()),
        is_mine=reading["newest_company"] == company_id,
        at=inquiry.last_message_at,
        when=_when(inquiry.last_message_at, at=at),
        is_unread=theirs is not None and (read_at is None or theirs > read_at),
    )


def _when(moment: datetime, *, at: datetime) -> str:
    local, today = timezone.localtime(moment), timezone.localtime(at).date()
    if local.date() == today:
        return date_format(local, "H:i")
    if local.date() == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(local, "j M" if local.year == today.year else "j M Y")
