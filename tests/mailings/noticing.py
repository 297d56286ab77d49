"""Members to whom things happen, and what they are told of them, for tests."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from accounts.models import Member
from mailings.digests import write_due_digests
from mailings.models import Delivery, WaitingNotice
from mailings.notices import NoticeKind
from mailings.services.preferences import set_frequency
from offerboard.models import Inquiry
from offerboard.services import inquiries
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # the Monday after NOW


def wants(member: Member, kind: NoticeKind, frequency: str, *, now: datetime = NOW) -> None:
    """What the page of preferences does for one kind."""
    set_frequency(kind=kind, frequency=frequency, member_id=member.pk, time_zone=member.time_zone, now=now)


def thread_with(reader: Member, *, name: str = "Savanna Spice Mills Ltd", title: str = "Robusta") -> Inquiry:
    """A thread that another company began about a lead of the reader's company."""
    [team] = reader.teams.all()
    sender = CompanyFactory(legal_name=name)
    MemberFactory(company=sender, full_name="Wanjiru Kamau")
    lead = LeadFactory(company=team.company, title=title)
    return InquiryFactory(sender=sender, recipient=team.company, lead=lead, subject=title)


def write(thread: Inquiry, *texts: str, now: datetime = NOW) -> None:
    """The other company writes these, a second after each other."""
    author = Member.objects.get(teams__company=thread.sender)
    for number, text in enumerate(texts or ["Is it still there?"]):
        inquiries.reply(
            inquiry=thread,
            company=thread.sender,
            author=author,
            text=text,
            submission=uuid4(),
            now=now + timedelta(seconds=number),
        )


def told(member: Member) -> list[tuple[str, str]]:
    """Template and subject of each mail to this member, the first one first."""
    return list(Delivery.objects.filter(to=member.email).order_by("queued_at", "pk").values_list("template", "subject"))


def digest() -> Delivery:
    """The one mail that gathers."""
    return Delivery.objects.get(template="digest")


def waiting() -> list[tuple[str, datetime]]:
    """What is to be told, and when."""
    return list(WaitingNotice.objects.order_by("pk").values_list("kind", "due_at"))


def work(now: datetime) -> int:
    """What the sweep does; answers how many mails it wrote."""
    return write_due_digests(now=now)
