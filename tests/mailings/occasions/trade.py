"""Leads, letters, and what staff say to both."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Member
from directory.models import Company
from mailings.services.notifying import MOST_AT_ONCE
from moderation import services as moderation
from moderation.models import Report, Ticket
from moderation.provisional import reject_reports
from moderation.registry import moderatable
from offerboard.expiring import tell_of_expiry
from offerboard.models import Inquiry, Lead
from offerboard.notices import APPROVED, REPLY, SUGGESTIONS
from offerboard.services import inquiries
from offerboard.suggesting import write_due_suggestions
from partners.models import PartnerApplication
from partners.scopes import Scope
from partners.services import applications
from privacy.models import Receiver
from tests.factories import CategoryFactory, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory
from tests.mailings import noticing
from tests.mailings.occasions.cast import READER, Cast, occasion
from tests.offerboard import alerting


def lead_of_reader(cast: Cast, **values: Any) -> Lead:
    owner = cast.owner()
    return LeadFactory(company=Company.objects.get(team__member=owner), posted_by=owner, title=cast.title, **values)


def decide(cast: Cast, action: str, **values: Any) -> None:
    lead, staff = lead_of_reader(cast, **values), MemberFactory(is_staff=True)
    moderation.decide(kind="lead", key=lead.slug, action=action, reason=cast.words, by=staff, now=timezone.now())


@occasion
def decision(cast: Cast) -> None:
    decide(cast, "suspend")


@occasion
def lead_approved(cast: Cast) -> None:
    decide(cast, "approve", state="pending")


@occasion
def lead_rejected(cast: Cast) -> None:
    decide(cast, "reject")


@occasion
def hidden_for_now(cast: Cast) -> Report:
    lead = lead_of_reader(cast)
    known = moderatable("lead")
    subject = known.find(lead.slug, None) if known else None
    assert subject is not None
    return moderation.file_report(
        subject=subject, reporter=None, email="", reason="child", text="", submission=uuid4(), now=timezone.now()
    )


@occasion
def shown_again(cast: Cast) -> None:
    reject_reports(reports=[hidden_for_now(cast).pk], by=MemberFactory(is_staff=True), now=timezone.now())


@occasion
def ticket_opened(cast: Cast) -> Ticket:
    words = {"kind": "support", "name": cast.name, "email": READER, "text": cast.words, "language": cast.language}
    return moderation.open_ticket(member=None, submission=uuid4(), now=timezone.now(), **words)


@occasion
def ticket_answered(cast: Cast) -> None:
    moderation.answer_ticket(
        ticket=ticket_opened(cast),
        author=MemberFactory(is_staff=True),
        text="Please try again now.\nIt works for us.",
        submission=uuid4(),
        language=cast.language,
        now=timezone.now(),
    )


@occasion
def inquiry_received(cast: Cast) -> Inquiry:
    lead = lead_of_reader(cast)
    writer = MemberFactory(company=CompanyFactory(legal_name=cast.company), full_name=cast.name)
    return inquiries.send_inquiry(
        sender=Company.objects.get(team__member=writer),
        author=writer,
        recipient=lead.company,
        lead=lead,
        subject="",
        text=cast.words,
        submission=uuid4(),
        now=timezone.now(),
    )


@occasion
def reply_received(cast: Cast) -> None:
    writer = MemberFactory(company=CompanyFactory(legal_name=cast.company), full_name=cast.name)
    asked = Company.objects.get(team__member=writer)
    inquiry = InquiryFactory(sender__legal_name=cast.company, recipient=asked, subject=cast.title)
    cast.reader(company=inquiry.sender)
    inquiries.reply(
        inquiry=inquiry, company=asked, author=writer, text=cast.words, submission=uuid4(), now=timezone.now()
    )


@occasion
def new_leads(cast: Cast) -> None:
    reader, now = cast.reader(), timezone.now()
    seller = CompanyFactory(legal_name=cast.company)
    alerting.asks(reader, name=cast.title[:80], kind="sell_offer")
    alerting.asks(reader, name="Viet Nam", countries=("VN",))
    for _number in range(3):
        alerting.publish(title=cast.title, company=seller, now=now)
    alerting.work(now)


@occasion
def digest(cast: Cast) -> None:
    """Messages of a day, an approved lead, and more decisions within an hour than are told one by one."""
    lead, now = lead_of_reader(cast, state="pending"), timezone.now()
    reader, staff = Member.objects.get(email=READER), MemberFactory(is_staff=True)
    for kind in (REPLY, APPROVED):
        noticing.wants(reader, kind, "daily", now=now)
    noticing.write(noticing.thread_with(reader, name=cast.company, title=cast.title), cast.words, "x", now=now)
    moderation.decide(kind="lead", key=lead.slug, action="approve", reason="", by=staff, now=now)
    for number in range(MOST_AT_ONCE + 2):
        other = LeadFactory(company=lead.company, posted_by=reader, title=cast.title)
        action = "suspend" if number % 2 else "reject"
        for key in (other.slug, LeadFactory(company=lead.company, posted_by=reader, title=cast.title).slug):
            moderation.decide(kind="lead", key=key, action=action, reason=cast.words, by=staff, now=now)
    noticing.work(now + 2 * noticing.DAY)


@occasion
def leads_expiring(cast: Cast) -> None:
    lead, now = lead_of_reader(cast), timezone.now()
    for hours in (0, 1, 2):
        ends = now + 2 * noticing.DAY + hours * noticing.MINUTE
        LeadFactory(company=lead.company, title=cast.title, posted_at=ends - 30 * noticing.DAY, expires_at=ends)
    tell_of_expiry(now=now)


@occasion
def suggestions(cast: Cast) -> None:
    reader, now, category = cast.owner(), timezone.now(), CategoryFactory()
    Company.objects.get(team__member=reader).industries.add(category)
    noticing.wants(reader, SUGGESTIONS, "weekly", now=now - noticing.MINUTE)
    seller = CompanyFactory(legal_name=cast.company)
    for _number in range(3):
        alerting.publish(title=cast.title, company=seller, category=category, now=now)
    write_due_suggestions(now=now + 8 * noticing.DAY)


def application_of_reader(cast: Cast) -> PartnerApplication:
    applicant = applications.Applicant(
        company=cast.company,
        website="https://portal.example/",
        country="NL",
        contact_name=cast.name[:120],
        email=READER,
        purpose=cast.words,
        scopes=(Scope.LEADS_READ, Scope.CHANGES_READ),
    )
    return applications.apply(applicant=applicant, submission=uuid4(), language=cast.language, now=timezone.now())


@occasion
def partner_applied(cast: Cast) -> None:
    application_of_reader(cast)


@occasion
def partner_accepted(cast: Cast) -> None:
    contract = applications.Contract(
        name=cast.company,
        transfer=Receiver.Transfer.NONE,
        task="Shows leads on its own site",
        scopes=(Scope.LEADS_READ, Scope.CHANGES_READ),
        calls_a_minute=300,
    )
    application, staff = application_of_reader(cast), MemberFactory(is_staff=True)
    applications.accept_application(application=application, contract=contract, by=staff, now=timezone.now())


@occasion
def partner_declined(cast: Cast) -> None:
    application, staff = application_of_reader(cast), MemberFactory(is_staff=True)
    applications.decline_application(application=application, reason=cast.words, by=staff, now=timezone.now())
