"""Companies apply to pull listings; staff accept them as partners, or decline and say why."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from mailings.services import queue_mail
from partners.models import Partner, PartnerApplication
from partners.scopes import Scope, scope_words
from privacy.datamap import ReceiverKind
from privacy.models import Receiver

APPLICATIONS_A_DAY = 3  # from one e-mail address, which anybody can type
State = PartnerApplication.State


class TooManyApplications(Exception):
    """Somebody sends application after application under one e-mail address."""


class AlreadyDecided(Exception):
    """A colleague was quicker."""


class AlreadyRegistered(Exception):
    """The register of receivers has a partner of this name."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks, for what."""

    company: str
    website: str
    country: str  # ISO 3166-1 alpha-2
    contact_name: str
    email: str
    purpose: str
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed with a partner."""

    name: str
    transfer: Receiver.Transfer
    task: str  # as the privacy policy says it
    scopes: tuple[Scope, ...]
    calls_a_minute: int


@transaction.atomic(durable=True)
def apply(*, applicant: Applicant, submission: UUID, language: str, now: datetime) -> PartnerApplication:
    """Keep an application and tell its sender that it has come; of two clicks, one applies.

    The mail repeats nothing that was typed, since anybody can type anybody's address. Raises TooManyApplications.
    """
    with connection.cursor() as cursor:  # whoever applies under this address waits for whoever is applying
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(lower(%s), 1))", [applicant.email])
    earlier = PartnerApplication.objects.filter(submission=submission).first()
    if earlier is not None:
        return earlier
    lately = PartnerApplication.objects.filter(received_at__gt=now - timedelta(days=1))
    if lately.filter(email__iexact=applicant.email).count() >= APPLICATIONS_A_DAY:
        raise TooManyApplications
    said = asdict(applicant) | {"scopes": sorted(applicant.scopes)}
    application = PartnerApplication.objects.create(submission=submission, language=language, received_at=now, **said)
    queue_mail(template="partner_applied", to=applicant.email, language=language, context={}, now=now)
    return application


@transaction.atomic
def accept_application(*, application: PartnerApplication, contract: Contract, by: Any, now: datetime) -> Partner:
    """Enter the company among the receivers, let it call within its contract, and tell it so.

    It gets no contact of anybody before a privacy policy that names it is in force. Raises AlreadyDecided and
    AlreadyRegistered.
    """
    waiting = _waiting(application)
    try:
        with transaction.atomic():
            receiver = Receiver.objects.create(
                kind=ReceiverKind.PARTNER,
                name=contract.name,
                country=waiting.country,
                transfer=contract.transfer,
                task=contract.task,
                since=now.date(),
            )
    except IntegrityError as error:
        raise AlreadyRegistered from error
    partner = Partner.objects.create(
        receiver=receiver,
        slug=_free_slug(contract.name),
        website=waiting.website,
        contact_email=waiting.email,
        scopes=sorted(contract.scopes),
        language=application.language,
        calls_a_minute=contract.calls_a_minute,
    )
    _decide(waiting, by=by, now=now, state=State.ACCEPTED, partner=partner)
    words = {"partner": partner, "allowed": scope_words(partner.scopes)}
    _answer(waiting, template="partner_accepted", context=words, now=now)
    return partner


@transaction.atomic
def decline_application(*, application: PartnerApplication, reason: str, by: Any, now: datetime) -> None:
    """Say no, and why. Raises AlreadyDecided."""
    waiting = _waiting(application)
    _decide(waiting, by=by, now=now, state=State.DECLINED, reason=reason)
    _answer(waiting, template="partner_declined", context={"reason": reason}, now=now)


def _waiting(application: PartnerApplication) -> PartnerApplication:
    """Locked: of two decisions the second waits here, and then finds it decided."""
    found = PartnerApplication.objects.select_for_update().filter(pk=application.pk, state=State.RECEIVED).first()
    if found is None:
        raise AlreadyDecided
    return found


def _decide(application: PartnerApplication, *, by: Any, now: datetime, **changes: Any) -> None:
    PartnerApplication.objects.filter(pk=application.pk).update(decided_by=by, decided_at=now, **changes)


def _answer(application: PartnerApplication, *, template: str, context: dict[str, Any], now: datetime) -> None:
    queue_mail(
        template=template,
        to=application.email,
        language=application.language,
        context={"application": application, **context},
        now=now,
        asked_for=True,  # they wrote first
    )


def _free_slug(name: str) -> str:
    """A short name that no partner has; two acceptances of one name at once end in an error of the database."""
    short = slugify(name)[:50].strip("-") or "partner"
    taken = set(Partner.objects.filter(slug__startswith=short).values_list("slug", flat=True))
    numbered = (f"{short}-{number}" for number in count(2))
    return next(one for one in chain([short], numbered) if one not in taken)
