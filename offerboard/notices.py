"""What companies are told of their leads and threads, and how several such things are told in one mail."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.models import Company, TeamMember
from mailings.notices import Gathering, Line, NoticeKind, Reader, register_notices
from mailings.times import Frequency
from offerboard.models import Block, ExpiryNotice, Inquiry, Lead, Message, ReadMark
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import day, number

OFTEN = (Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY)

# --- threads ------------------------------------------------------------------------------------------------------


def threads_told(reader: Reader) -> QuerySet[Inquiry]:
    """Threads of the reader's companies with others that are neither blocked nor suspended."""
    mine = TeamMember.objects.filter(member=reader.pk).values("company")
    blocked = Block.objects.filter(
        Q(company=OuterRef("sender"), blocked=OuterRef("recipient"))
        | Q(company=OuterRef("recipient"), blocked=OuterRef("sender"))
    )
    shut = Q(sender__state=Company.State.SUSPENDED) | Q(recipient__state=Company.State.SUSPENDED)
    own = Inquiry.objects.filter(Q(sender__in=mine) | Q(recipient__in=mine))
    return own.exclude(shut).exclude(Exists(blocked)).select_related("sender", "recipient")


def _unread(messages: QuerySet[Message], reader: Reader) -> QuerySet[Message]:
    read = ReadMark.objects.filter(inquiry=OuterRef("inquiry"), member=reader.pk, read_at__gte=OuterRef("sent_at"))
    return messages.exclude(Exists(read))


def _messages(keys: Sequence[str], reader: Reader, _now: datetime) -> list[Line]:
    """A line for each thread, in the order in which they went on; what the reader has read there is no news."""
    threads = {thread.pk: thread for thread in threads_told(reader).filter(messages__in=keys).distinct()}
    messages = _unread(Message.objects.filter(pk__in=keys, inquiry__in=threads), reader).order_by("sent_at", "pk")
    found: dict[Any, list[int]] = defaultdict(list)
    writers = {}
    for pk, thread, company in messages.values_list("pk", "inquiry", "company"):
        found[thread].append(pk)
        writers[thread] = company
    return [_thread_line(threads[pk], writers[pk], count=len(new)) for pk, new in found.items()]


def _thread_line(thread: Inquiry, writer: int, *, count: int) -> Line:
    company = thread.sender if thread.sender_id == writer else thread.recipient
    return Line(
        words=_("%(company)s: %(subject)s") % {"company": company.legal_name, "subject": thread.subject},
        url=urljoin(settings.SITE_URL, thread.get_absolute_url()),
        text=count_messages(count) if count > 1 else "",
        things=count,
    )


def count_messages(count: int) -> str:
    """3 new messages."""
    return ngettext("%(n)s new message", "%(n)s new messages", count) % {"n": number(count)}


def count_inquiries(count: int) -> str:
    """3 new inquiries."""
    return ngettext("%(n)s new inquiry", "%(n)s new inquiries", count) % {"n": number(count)}


INQUIRY = NoticeKind(
    key="inquiry",
    template="inquiry_received",
    title=gettext_lazy("New inquiries"),
    hint=gettext_lazy("Somebody writes to your company for the first time about a lead, or in general."),
    frequencies=(*OFTEN, Frequency.OFF),
    gathering=Gathering(count_inquiries, _messages, page="offerboard:inquiries"),
)
REPLY = NoticeKind(
    key="reply",
    template="reply_received",
    title=gettext_lazy("New messages"),
    hint=gettext_lazy("A thread of your company goes on."),
    frequencies=(*OFTEN, Frequency.OFF),
    gathering=Gathering(count_messages, _messages, page="offerboard:inquiries"),
)

# --- leads --------------------------------------------------------------------------------------------------------


def _own_leads(keys: Sequence[str], reader: Reader) -> LeadQuerySet:
    return Lead.objects.visible_to(reader.pk).filter(pk__in=keys)


def _approved(keys: Sequence[str], reader: Reader, now: datetime) -> list[Line]:
    """Those that are on the board still."""
    return [
        Line(
            words=str(lead),
            url=urljoin(settings.SITE_URL, lead.get_absolute_url()),
            text=_("On the board until %(day)s") % {"day": day(lead.expires_at)} if lead.expires_at else "",
        )
        for lead in _own_leads(keys, reader).public(at=now).newest_first()
    ]


def _rejected(keys: Sequence[str], reader: Reader, _now: datetime) -> list[Line]:
    """Those that nobody has changed or approved since, with the reasons of each."""
    return [
        Line(
            words=str(lead),
            url=urljoin(settings.SITE_URL, reverse("offerboard:edit", args=[lead.slug])),
            quote=lead.rejection,
        )
        for lead in _own_leads(keys, reader).filter(state=Lead.State.REJECTED).order_by("updated_at", "pk")
    ]


def _expiring(keys: Sequence[str], reader: Reader, now: datetime) -> list[Line]:
    """Those that nobody has renewed since, with a link to the page on which that is done."""
    told = ExpiryNotice.objects.filter(lead=OuterRef("pk"), expires_at=OuterRef("expires_at"))
    leads = _own_leads(keys, reader).public(at=now).filter(Exists(told))
    return [
        Line(
            words=str(lead),
            url=urljoin(settings.SITE_URL, reverse("offerboard:renew", args=[lead.slug])),
            text=_("Ends on %(day)s") % {"day": day(lead.expires_at)} if lead.expires_at else "",
        )
        for lead in leads.order_by("expires_at", "pk")
    ]


def count_expiring(count: int) -> str:
    """3 leads end soon."""
    return ngettext("%(n)s lead ends soon", "%(n)s leads end soon", count) % {"n": number(count)}


def count_approved(count: int) -> str:
    """3 leads on the board."""
    return ngettext("%(n)s approved lead", "%(n)s approved leads", count) % {"n": number(count)}


def count_rejected(count: int) -> str:
    """3 rejected leads."""
    return ngettext("%(n)s rejected lead", "%(n)s rejected leads", count) % {"n": number(count)}


APPROVED = NoticeKind(
    key="approved",
    template="lead_approved",
    title=gettext_lazy("Approved leads"),
    hint=gettext_lazy("A moderator has read a lead of your company and let it onto the board."),
    frequencies=OFTEN,
    gathering=Gathering(count_approved, _approved, page="offerboard:my_leads"),
)
REJECTED = NoticeKind(
    key="rejected",
    template="lead_rejected",
    title=gettext_lazy("Rejected leads"),
    hint=gettext_lazy("A moderator does not let a lead of your company onto the board. The mail says why."),
    is_owed=True,  # Regulation (EU) 2022/2065, art. 17
    gathering=Gathering(
        count_rejected,
        _rejected,
        note=gettext_lazy("If you think that something of this is a mistake, write to us:"),
        note_page="moderation:contact",
    ),
)

EXPIRING = NoticeKind(
    key="expiring",
    template="leads_expiring",
    title=gettext_lazy("Leads about to end"),
    hint=gettext_lazy("Three days before leads of your company leave the board, in time to renew them."),
    frequencies=(Frequency.INSTANT, Frequency.DAILY, Frequency.OFF),
    gathering=Gathering(count_expiring, _expiring, page="offerboard:my_leads"),
)

# --- news of others -----------------------------------------------------------------------------------------------

SUGGESTIONS = NoticeKind(
    key="suggestions",
    template="suggestions",
    title=gettext_lazy("Leads in your industries"),
    hint=gettext_lazy("The newest, ten at most, in the industries that your company names in its profile."),
    frequencies=(Frequency.WEEKLY, Frequency.OFF),
    default=Frequency.OFF,
    seeks=True,  # offerboard/suggesting.py
)


def register() -> None:
    """Make them known to those who choose how often they are told."""
    register_notices(INQUIRY, REPLY, APPROVED, EXPIRING, SUGGESTIONS, REJECTED)
