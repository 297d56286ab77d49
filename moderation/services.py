"""Reports, decisions with their reasons, and tickets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from mailings.services import queue_mail
from mailings.services.notifying import notify
from moderation.models import Decision, Report, Ticket, TicketReply
from moderation.notices import DECISION, people_of
from moderation.provisional import hide_at_once, is_hidden_for_now, settle, take_over
from moderation.registry import Exhibit, Subject, moderatable
from privacy.services.disclosing import Ground, Party, disclose

Person = AbstractBaseUser | AnonymousUser  # a request's user; in admin it is always somebody
AGAINST = {Decision.Action.REJECT, Decision.Action.SUSPEND}
TICKETS_A_DAY = 5  # to one e-mail address, which anybody can type


class NothingToDecide(Exception):
    """The thing is gone, or already is where the decision would bring it."""


class NothingToRead(Exception):
    """The thing has no content that only a report opens."""


class ReasonMissing(Exception):
    """A decision against somebody needs a statement of reasons (Regulation (EU) 2022/2065, art. 17)."""


class TooManyTickets(Exception):
    """Somebody files ticket after ticket under one e-mail address."""


@transaction.atomic(durable=True)
def file_report(
    *,
    subject: Subject,
    reporter: Person | None,
    email: str,
    reason: str,
    text: str,
    submission: UUID,
    may_hide: bool = True,
    now: datetime,
) -> Report:
    """Put a report into the queue; of two clicks, one files, and so does a member until the report is closed.

    What is about a child is hidden at once, unless the caller says that this reporter has hidden enough for today.
    """
    target = {"target_kind": subject.kind, "target_id": subject.key}
    try:
        with transaction.atomic():
            report = Report.objects.create(
                **target,
                target_title=subject.title[:200],
                submission=submission,
                reporter_id=reporter.pk if reporter else None,
                email=email,
                reason=reason,
                text=text,
                filed_at=now,
            )
    except IntegrityError:
        same_press = Report.objects.filter(submission=submission).first()
        return same_press or Report.objects.get(
            **target, reporter_id=reporter.pk if reporter else None, state=Report.State.OPEN
        )
    if reason == Report.Reason.CHILD and may_hide:
        hide_at_once(report=report, subject=subject, now=now)
    return report


@transaction.atomic
def put_before_staff(*, kind: str, key: str, title: str, reason: str, text: str, now: datetime) -> None:
    """Report what the software itself has noticed, once while it is open; the caller has locked the thing."""
    target = {"target_kind": kind, "target_id": key}
    if not Report.objects.filter(**target, reporter=None, text=text, state=Report.State.OPEN).exists():
        Report.objects.create(**target, target_title=title[:200], reason=reason, text=text, filed_at=now)


@transaction.atomic
def close_reports(*, reports: Sequence[int], by: Person | None, now: datetime) -> int:
    """Take reports off the queue; returns how many were open.

    One that hides something waits for a decision about it, or to be rejected.
    """
    return Report.objects.filter(pk__in=reports, state=Report.State.OPEN, hid_at=None).update(
        state=Report.State.CLOSED, closed_at=now, closed_by_id=by.pk if by else None
    )


@transaction.atomic
def open_exhibits(*, report: Report, reader: Party, reason: str, now: datetime) -> Sequence[Exhibit]:
    """Private content of what was reported, for staff who say why; each author sees who looked, and the reason.

    Raises NothingToRead, and the kinds of `privacy.services.disclosing.Refused`.
    """
    known = moderatable(report.target_kind)
    if known is None or known.exhibits is None:
        raise NothingToRead
    pieces = known.exhibits.find(report.target_id)
    disclose(
        members={piece.author_id for piece in pieces if piece.author_id},
        receiver=reader,
        purpose=known.exhibits.purpose,
        columns=known.exhibits.columns,
        ground=Ground.STAFF,
        reason=_("Report %(number)s. %(reason)s") % {"number": report.pk, "reason": reason},
        now=now,
    )
    return pieces


@transaction.atomic
def decide(*, kind: str, key: str, action: str, reason: str, by: Person | None, now: datetime) -> Decision:
    """Do it, keep why, and owe the people concerned a mail that says both: all of it or nothing.

    A decision against something also answers the open reports about it. Without `by` nobody of the staff decided, and
    only what everybody sees is found. Raises ReasonMissing, NothingToDecide.
    """
    reason = reason.strip()
    if action in AGAINST and not reason:
        raise ReasonMissing
    known = moderatable(kind)
    staff = by.pk if by else None
    subject = known.find(key, staff) if known else None
    if known is None or subject is None or action not in known.actions:
        raise NothingToDecide
    # It is hidden already, by a report or because somebody asked for removal: now staff want it so, whoever changes
    # their mind about the other reason.
    confirms = action == Decision.Action.SUSPEND and (is_hidden_for_now(kind, key) or take_over(kind, key))
    if not known.actions[action](key, reason, now) and not confirms:
        raise NothingToDecide
    target = {"target_kind": kind, "target_id": key}
    decision = Decision.objects.create(
        **target, target_title=subject.title[:200], action=action, reason=reason, decided_by_id=staff, decided_at=now
    )
    settle(kind=kind, key=key, action=action, by=by, now=now)
    if action in AGAINST:
        close_reports(reports=list(Report.objects.filter(**target).values_list("pk", flat=True)), by=by, now=now)
    if action not in known.tells_people:
        _tell_people(subject, decision, now=now)
    return decision


def _tell_people(subject: Subject, decision: Decision, *, now: datetime) -> None:
    notify(
        kind=DECISION,
        readers=people_of(subject),
        keys=[str(decision.pk)],
        context={
            "is_member": subject.kind == "member",
            "subject_title": subject.title,
            "path": subject.url,
            "action": decision.action,
            "reason": decision.reason,
            "by_staff": decision.decided_by_id is not None,
        },
        now=now,
    )


@transaction.atomic(durable=True)
def open_ticket(
    *,
    kind: str,
    name: str,
    email: str,
    text: str,
    member: Person | None,
    submission: UUID,
    language: str,
    now: datetime,
) -> Ticket:
    """File a message under a number and send the number to its sender; of two clicks, one files.

    The mail repeats nothing that was typed, since anybody can type anybody's address. Raises TooManyTickets.
    """
    earlier = Ticket.objects.filter(submission=submission).first()
    if earlier is not None:
        return earlier
    with connection.cursor() as cursor:  # whoever files under this address waits for whoever is filing
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 0))", [email])
    if Ticket.objects.filter(email__iexact=email, opened_at__gt=now - timedelta(days=1)).count() >= TICKETS_A_DAY:
        raise TooManyTickets
    try:
        with transaction.atomic():
            ticket = Ticket.objects.create(
                submission=submission,
                kind=kind,
                name=name,
                email=email,
                text=text,
                opened_at=now,
                member_id=member.pk if member else None,
            )
    except IntegrityError:
        return Ticket.objects.get(submission=submission)
    queue_mail(template="ticket_opened", to=email, language=language, context={"reference": ticket.reference}, now=now)
    return ticket


@transaction.atomic
def answer_ticket(
    *, ticket: Ticket, author: Person, text: str, submission: UUID, language: str, now: datetime
) -> TicketReply:
    """Send staff's answer to whoever opened the ticket; of two clicks, one sends. A closed ticket stays closed."""
    try:
        with transaction.atomic():
            reply = TicketReply.objects.create(
                ticket=ticket, submission=submission, author_id=author.pk, text=text, sent_at=now
            )
    except IntegrityError:
        return TicketReply.objects.get(submission=submission)
    Ticket.objects.filter(pk=ticket.pk, state=Ticket.State.OPEN).update(state=Ticket.State.ANSWERED)
    queue_mail(
        template="ticket_answered",
        to=ticket.email,
        language=language,
        context={"ticket": ticket, "answer": text},
        now=now,
        asked_for=True,  # by whoever reads it: they wrote first
    )
    return reply
