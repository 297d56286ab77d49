"""Members connect services of others to their accounts, and end that."""

from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from partners.agreements import FAMILY
from partners.models import ConnectedService, Connection, PairwiseId
from partners.terms import rows_of, terms_of, version_of
from privacy.consents import Channel, ConsentPurpose, Question
from privacy.languages import site_language
from privacy.models import ConsentEvent, SubjectRequest
from privacy.purposes import CONNECTING
from privacy.services.consent import consent_key, record_choices

Method = ConsentEvent.Method


class NotOffered(Exception):
    """Members cannot connect it now: it is switched off, or its contract has not begun or is over."""


class AskedSomethingElse(Exception):
    """The service asks for something else by now than on the page that was answered."""


def question_of(service: ConnectedService) -> Question:
    """What a member agrees to, in all the words of the page; the ledger keeps them."""
    lines = [line for heading, some in rows_of(service, fields=service.fields) for line in (heading, *some)]
    title = _("Connect %(service)s?") % {"service": service.partner.receiver.name}
    key = f"{FAMILY}:{service.partner_id}"
    asked = ConsentPurpose(key, title, "\n".join(lines), CONNECTING, (Channel.SERVICE,), is_whole=True)
    return Question(asked, Channel.SERVICE)


@transaction.atomic
def connect(
    *, service: ConnectedService, member: Any, version: str, language: str, gpc: bool, now: datetime
) -> PairwiseId:
    """Let the service have what its page says. Of two clicks, one connects.

    `version` is that of the page that was answered (`version_of`). Raises NotOffered, AskedSomethingElse.
    """
    held = ConnectedService.objects.select_for_update(of=("self",))
    service = held.select_related("partner__receiver").get(pk=service.pk)
    if not ConnectedService.objects.offered(on=now.date()).filter(pk=service.pk).exists():
        raise NotOffered
    if version != version_of(service):
        raise AskedSomethingElse
    question = question_of(service)
    _say(question, True, method=Method.BANNER, member=member, language=language, gpc=gpc, now=now)
    agreed = {"fields": service.fields, "terms": terms_of(service)}
    Connection.objects.update_or_create(
        service=service,
        member=member,
        defaults=agreed,
        create_defaults={**agreed, "begun_at": now},
    )
    number, _made = PairwiseId.objects.get_or_create(partner=service.partner, member=member, defaults={"given_at": now})
    return number


@transaction.atomic
def decline(
    *, service: ConnectedService, member: Any, language: str, gpc: bool, proof: str = "", now: datetime
) -> "Ended":
    """Note the no, and end the connection if there is one; what the service got it is asked to delete.

    `proof` says how staff know that the member wishes it; "" where the member pressed the button.
    """
    method = Method.STAFF if proof else Method.BANNER
    _say(question_of(service), False, method=method, member=member, language=language, gpc=gpc, now=now)
    ended, _each = Connection.objects.filter(service=service, member=member).delete()
    asked = SubjectRequest.objects.filter(member=member, kind=SubjectRequest.Kind.WITHDRAWAL, received_at=now)
    if proof:
        asked.update(identity_proof=proof)
    if not ended:
        return Ended.NOTHING
    return Ended.TO_DELETE if asked.exists() else Ended.UNREAD


def end_as_told(*, service: ConnectedService, member: Any, proof: str, now: datetime) -> "Ended":
    """The same for a member who has told our staff, in the words that the member would have read."""
    language = site_language(member.language)
    with translation.override(language):
        return decline(service=service, member=member, language=language, gpc=False, proof=proof, now=now)


class Ended(Enum):
    """What a no has ended."""

    NOTHING = "nothing"  # there was no connection
    UNREAD = "unread"  # the service had read nothing
    TO_DELETE = "to delete"  # it is asked to delete what it has


def _say(
    question: Question, yes: bool, *, method: Method, member: Any, language: str, gpc: bool, now: datetime
) -> None:
    record_choices(
        subject=consent_key(member=member),
        choices={question: yes},
        method=method,
        language=language,
        gpc=gpc,
        now=now,
    )
