"""What becomes of a mail, and of the address it went to, when somebody on the way has said something about it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from mailings.models import ENDED, FORGOTTEN, Campaign, Delivery, MailReport
from mailings.returning.reading import Fate, Report, Said, read_report
from mailings.returning.return_path import delivery_of
from mailings.returning.statuses import code_in, is_hard, is_ours
from mailings.selectors.readers import keys_of
from mailings.topics import question_of, topics
from privacy.digests import normalised
from privacy.languages import site_language
from privacy.models import ConsentEvent, Suppression
from privacy.services.consent import record_choices
from privacy.services.suppression import suppress

log = structlog.get_logger(__name__)
Kind, Doubt = MailReport.Kind, MailReport.Doubt

SOFT_LIMIT = 5  # mails that did not arrive, with none between them that did
SOFT_WINDOW = timedelta(days=30)
CAME_BACK = (Kind.HARD, Kind.SOFT, Kind.REFUSED)
COUNTED_AS = {*ENDED} - {Delivery.State.BOUNCED}  # what a mail counted as before it came back


class Outcome(StrEnum):
    """What became of a message that was taken in; the webhook answers with it."""

    COUNTED = "counted"
    KNOWN = "known"  # it was counted before
    FORGED = "forged"
    OTHER = "other"  # no report at all


@transaction.atomic(durable=True)
def take_report(*, raw: bytes, source: MailReport.Source, now: datetime) -> Outcome:
    """Take in one message: a bounce or a complaint about a mail of ours has its effect, once.

    What is forged changes nothing and is counted. Raises mailings.returning.reading.Unreadable.
    """
    report = read_report(raw)
    if report is None:
        return Outcome.OTHER
    delivery, fate, doubt = _judge(report)
    row = MailReport(digest=report.key, source=source, received_at=now, kind=Kind.FORGED, doubt=doubt)
    if delivery is not None and fate is not None:
        row.delivery, row.kind = delivery, _kind(fate)
        row.status, row.words = fate.status[:12], fate.words[:300]
    if not _is_new(row):
        return Outcome.KNOWN
    log.info("mail_report", kind=row.kind, doubt=row.doubt, status=row.status)
    if row.delivery is None:
        return Outcome.FORGED
    _take_effect(row, row.delivery, now=now)
    return Outcome.COUNTED


@transaction.atomic
def note_refusal(*, delivery: Delivery, words: str, now: datetime) -> None:
    """The same for a mail that was refused while it was handed over, and has been ended for it.

    Without a code nothing is known of the address: our own mail server may have refused us.
    """
    status = code_in(words)
    kind = Kind.HARD if is_hard(status) else Kind.SOFT if status and not is_ours(status) else Kind.REFUSED
    digest = hashlib.sha256(f"smtp\n{delivery.pk}".encode()).hexdigest()
    row = MailReport(
        delivery=delivery,
        digest=digest,
        kind=kind,
        source=MailReport.Source.SMTP,
        status=status[:12],
        words=words[:300],
        received_at=now,
    )
    if _is_new(row):
        _judge_address(row, delivery, now=now)


def _judge(report: Report) -> tuple[Delivery | None, Fate | None, str]:
    """Which mail the report is about and what it says of it, or why it is not believed. The mail's row is locked."""
    if not report.token:
        return None, None, Doubt.UNSIGNED
    number = delivery_of(report.token)
    if number is None:
        return None, None, Doubt.BAD_SIGNATURE
    delivery = Delivery.objects.select_for_update().filter(pk=number).first()
    if delivery is None:
        return None, None, Doubt.UNKNOWN_MAIL
    fate = _fate_of(delivery.to, report.fates)
    return (delivery, fate, "") if fate else (None, None, Doubt.OTHER_RECEIVER)


def _fate_of(address: str, fates: Iterable[Fate]) -> Fate | None:
    """What became of the mail for its receiver; the worst where several things are said.

    Whoever complains may be hidden by the provider. A bounce that names nobody says nothing.
    """
    wanted = normalised(Suppression.Kind.EMAIL, address)
    theirs = [
        fate
        for fate in fates
        if wanted in {normalised(Suppression.Kind.EMAIL, one) for one in fate.addresses}
        or (fate.said == Said.COMPLAINT and not fate.addresses)
    ]
    return min(theirs, key=lambda fate: fate.said == Said.DELAYED, default=None)


def _kind(fate: Fate) -> MailReport.Kind:
    if fate.said == Said.COMPLAINT:
        return Kind.COMPLAINT
    if fate.said == Said.DELAYED:
        return Kind.DELAYED
    if is_hard(fate.status):
        return Kind.HARD
    return Kind.REFUSED if is_ours(fate.status) else Kind.SOFT


def _is_new(row: MailReport) -> bool:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same message once more
        return False
    return True


def _take_effect(row: MailReport, delivery: Delivery, *, now: datetime) -> None:
    if row.kind in CAME_BACK:
        _count_as_bounced(delivery)
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.BOUNCED,
            **FORGOTTEN,
            error=f"{row.status} {row.words}".strip()[:300],
            lease_until=None,  # a copy that waits or is on its way to the server is not sent after this one
            ended_at=Coalesce("ended_at", Value(now)),
        )
    _judge_address(row, delivery, now=now)


def _count_as_bounced(delivery: Delivery) -> None:
    """Move the mail in the figures of a campaign that is over; of one that is not, the rows are counted at its end.

    Locked first: a campaign that is being ended at this moment is over when it is asked.
    """
    if delivery.campaign_id is None or delivery.state not in COUNTED_AS:
        return
    campaign = Campaign.objects.filter(pk=delivery.campaign_id)
    campaign.select_for_update(no_key=True).first()
    # A worker that was thought dead may have said only after the end that an uncertain mail was sent.
    for figure in (delivery.state, Delivery.State.UNCERTAIN):
        counted = campaign.filter(**{f"{figure}__gt": 0})
        if counted.update(**{figure: F(figure) - 1, "bounced": F("bounced") + 1}):
            return


def _judge_address(row: MailReport, delivery: Delivery, *, now: datetime) -> None:
    """Whether the address is written to again: only what its holder asks for, until the mailbox is proved anew."""
    if row.kind == Kind.COMPLAINT:
        reason = Suppression.Reason.COMPLAINED
        _refuse_topic(delivery, now=now)
    elif row.kind == Kind.HARD or (row.kind == Kind.SOFT and _fails_for_long(delivery.to, now=now)):
        reason = Suppression.Reason.BOUNCED
    else:
        return
    suppress(kind=Suppression.Kind.EMAIL, value=delivery.to, reason=reason, now=now)


def _refuse_topic(delivery: Delivery, *, now: datetime) -> None:
    """Whoever calls a newsletter unwanted has said no to it, also when the address is proved anew some day."""
    campaign = delivery.campaign
    if campaign is None or campaign.topic not in topics():
        return
    for subject in keys_of(delivery.to):
        record_choices(
            subject=subject,
            choices={question_of(campaign.topic): False},
            method=ConsentEvent.Method.COMPLAINT,
            language=site_language(delivery.language),
            gpc=False,
            now=now,
        )


def _fails_for_long(address: str, *, now: datetime) -> bool:
    """Whether the last mails that did not arrive are enough, and none was taken in the time between them.

    Mails are counted, in the order in which they were handed over, not messages about them in the order in which
    these came. Two queries.
    """
    mails = Delivery.objects.filter(to__iexact=address, ended_at__gt=now - SOFT_WINDOW)
    failed = mails.filter(reports__kind__in=[Kind.SOFT, Kind.HARD]).distinct().order_by("-ended_at")
    ends = [at for at in failed.values_list("ended_at", flat=True)[:SOFT_LIMIT] if at is not None]
    if len(ends) < SOFT_LIMIT:
        return False
    return not mails.filter(state=Delivery.State.SENT, ended_at__range=(ends[-1], ends[0])).exists()
