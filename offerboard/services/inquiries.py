"""Companies writing to each other: inquiries, replies, blocks, and how far a member has read."""

from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Member
from directory.models import EDITORS, Company
from mailings.services.notifying import notify
from offerboard.models import Block, Inquiry, Lead, Message, ReadMark
from offerboard.notices import INQUIRY, REPLY
from privacy.datamap import ReceiverKind
from privacy.masking import mask_contacts
from privacy.purposes import CONTACTING
from privacy.services.disclosing import Ground, Party, disclose

MOST_UNANSWERED = 10  # messages in a row, within the window below
QUOTA_WINDOW = timedelta(days=1)
INSTANT = timedelta(microseconds=1)  # the least the database tells apart
EXCERPT = 400  # characters of a message that its mail shows


class OwnCompany(Exception):
    """A company cannot write to itself."""


class Blocked(Exception):
    """The other company does not want to hear from this one."""


class StillBlocking(Exception):
    """This company blocks the other one, which therefore could not answer."""


class CompanySuspended(Exception):
    """One of the two companies is suspended by staff; nothing passes between them until it is restored."""


class CompanyHasLeft(Exception):
    """The other company has closed; nobody reads there any more."""


class TooManyUnanswered(Exception):
    """The other side has answered none of the last messages; each of them was a mail to its whole team."""


class QuotaSpent(Exception):
    """The company has begun as many threads as it may within a day."""


@transaction.atomic(durable=True)
def send_inquiry(
    *,
    sender: Company,
    author: Member,
    recipient: Company,
    lead: Lead | None,
    subject: str,
    text: str,
    submission: UUID,
    now: datetime,
) -> Inquiry:
    """Write to a company about one of its leads, or in general; a second inquiry continues the first one's thread.

    `submission` names the press of the button: the same one with the same text sends once.
    Raises OwnCompany, Blocked, StillBlocking, CompanySuspended, CompanyHasLeft, TooManyUnanswered, QuotaSpent.
    """
    if sender == recipient:
        raise OwnCompany
    _lock(sender, recipient)  # also the lock under which the sender's threads are counted
    _refuse_unwanted(sender_id=sender.pk, recipient_id=recipient.pk)
    inquiry = Inquiry.objects.filter(sender=sender, recipient=recipient, lead=lead, is_general=lead is None).first()
    is_new = inquiry is None
    if inquiry is None:
        begun = Inquiry.objects.sent_by(sender.pk).filter(started_at__gt=now - QUOTA_WINDOW).count()
        if begun >= settings.INQUIRIES_PER_DAY:
            raise QuotaSpent
        inquiry = Inquiry.objects.create(
            sender=sender,
            recipient=recipient,
            lead=lead,
            is_general=lead is None,
            begun_by=author if lead is None else None,
            subject=lead.title if lead else mask_contacts(subject),
            started_at=now,
            last_message_at=now,
        )
    _write(inquiry=inquiry, company=sender, author=author, text=text, submission=submission, is_new=is_new, now=now)
    return inquiry


@transaction.atomic(durable=True)
def reply(*, inquiry: Inquiry, company: Company, author: Member, text: str, submission: UUID, now: datetime) -> None:
    """Continue a thread for one of its two companies; a lead that has expired in the meantime does not matter.

    Raises Blocked, StillBlocking, CompanySuspended, CompanyHasLeft, TooManyUnanswered.
    """
    other = inquiry.other_side(company.pk)
    _lock(company, other)
    _refuse_unwanted(sender_id=company.pk, recipient_id=other.pk)
    _write(inquiry=inquiry, company=company, author=author, text=text, submission=submission, is_new=False, now=now)


@transaction.atomic(durable=True)
def block_company(*, company: Company, blocked: Company, now: datetime) -> None:
    """Hear nothing more from another company; blocking it again changes nothing."""
    _lock(company, blocked)
    Block.objects.bulk_create([Block(company=company, blocked=blocked, blocked_at=now)], ignore_conflicts=True)


@transaction.atomic(durable=True)
def unblock_company(*, company: Company, blocked: Company) -> None:
    """Let the other company write again."""
    Block.objects.filter(company=company, blocked=blocked).delete()


@transaction.atomic(durable=True)
def mark_read(*, inquiry: Inquiry, member: Member, until: datetime) -> None:
    """Remember that the member has seen the thread's messages up to this time; what was read stays read."""
    ReadMark.objects.bulk_create([ReadMark(inquiry=inquiry, member=member, read_at=until)], ignore_conflicts=True)
    ReadMark.objects.filter(inquiry=inquiry, member=member, read_at__lt=until).update(read_at=until)


def disclose_letter(message: Message) -> None:
    """Write down that the other company learns who wrote and what; belongs to the transaction that sends it."""
    other = message.inquiry.other_side(message.company_id)
    disclose(
        members=[message.author_id] if message.author_id else [],
        receiver=Party(ReceiverKind.COUNTERPARTY, f"company:{other.pk}", other.legal_name, other.country.code),
        purpose=CONTACTING,
        columns=["offerboard.Message.author", "offerboard.Message.text"],
        ground=Ground.MESSAGE,
        now=message.sent_at,
    )


def _lock(one: Company, other: Company) -> None:
    """Let nothing pass between two companies, and neither block or be suspended, until this transaction ends.

    In one order, so that two who write to each other at once do not wait for each other for ever; rows that only
    point at a company need not wait.
    """
    list(Company.objects.select_for_update(no_key=True).filter(pk__in=[one.pk, other.pk]).order_by("pk"))


def _refuse_unwanted(*, sender_id: int, recipient_id: int) -> None:
    if Block.objects.filter(company_id=recipient_id, blocked_id=sender_id).exists():
        raise Blocked
    if Block.objects.filter(company_id=sender_id, blocked_id=recipient_id).exists():
        raise StillBlocking
    states = set(Company.objects.filter(pk__in=[sender_id, recipient_id]).values_list("state", flat=True))
    if Company.State.CLOSED in states:
        raise CompanyHasLeft
    if Company.State.SUSPENDED in states:
        raise CompanySuspended


def _write(
    *, inquiry: Inquiry, company: Company, author: Member, text: str, submission: UUID, is_new: bool, now: datetime
) -> None:
    """Store the message and owe the other side's team a mail, or do neither when this press was counted before.

    Of two messages at once the one that commits later is the newer one, so that no read mark already covers it.
    """
    last = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry.pk).last_message_at
    masked = mask_contacts(text)
    message = Message(
        inquiry=inquiry,
        company=company,
        author=author,
        # Whoever goes back in the browser and writes something else on the same form has pressed another button.
        submission=uuid5(submission, f"{inquiry.pk}:{company.pk}:{masked}"),
        text=masked,
        sent_at=now if is_new else max(now, last + INSTANT),
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        return
    _refuse_flood(message)
    Inquiry.objects.filter(pk=inquiry.pk).update(last_message_at=message.sent_at)
    disclose_letter(message)
    _tell_the_other_side(message=message, is_new=is_new, now=now)


def _refuse_flood(message: Message) -> None:
    """Undo a message that is one too many without an answer."""
    thread = Message.objects.filter(inquiry_id=message.inquiry_id, sent_at__gt=message.sent_at - QUOTA_WINDOW)
    answered = thread.exclude(company_id=message.company_id).aggregate(at=Max("sent_at"))["at"]
    in_a_row = thread.filter(company_id=message.company_id, **({"sent_at__gt": answered} if answered else {}))
    if in_a_row.count() > MOST_UNANSWERED:
        raise TooManyUnanswered


def _tell_the_other_side(*, message: Message, is_new: bool, now: datetime) -> None:
    inquiry = message.inquiry
    other = inquiry.other_side(message.company.pk)
    notify(
        kind=INQUIRY if is_new else REPLY,
        readers=Member.objects.filter(teams__company=other, teams__role__in=EDITORS).order_by("pk"),
        keys=[str(message.pk)],
        context={
            "writer_name": message.author.name if message.author else "",
            "company_name": message.company.legal_name,
            "subject_line": inquiry.subject,
            "about_lead": not inquiry.is_general,
            "excerpt": message.text[:EXCERPT],
            "is_cut": len(message.text) > EXCERPT,
            "thread_url": urljoin(settings.SITE_URL, inquiry.get_absolute_url()),
        },
        now=now,
    )
