"""Members connect services of others to their accounts, and end that."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partners.agreements import FAMILY
from partners.models import ConnectedService, Connection, PairwiseId
from partners.person_fields import PersonField
from privacy.consents import Channel, ConsentPurpose, Question
from privacy.models import ConsentEvent
from privacy.purposes import CONNECTING
from privacy.services.consent import consent_key, record_choices


class NotOffered(Exception):
    """Members cannot connect it now: it is switched off, or its contract has not begun or is over."""


class AskedSomethingElse(Exception):
    """The service asks for something else by now than on the page that was answered."""


def question_of(service: ConnectedService) -> Question:
    """What a member agrees to, in all the words of the page; the ledger keeps them."""
    labels = [str(PersonField(one).label) for one in service.fields]
    words = format_lazy(
        "{about}\n{gets}\n{purpose}",
        about=service.about,
        gets=format_lazy(_("It gets: {fields}."), fields=", ".join(labels)),
        purpose=format_lazy(_("It needs them for this: {purpose}"), purpose=service.purpose),
    )
    name = service.partner.receiver.name
    title = format_lazy(_("Connect {service}"), service=lazystr(name))
    asked = ConsentPurpose(
        f"{FAMILY}:{service.partner_id}", title, words, CONNECTING, (Channel.SERVICE,), is_whole=True
    )
    return Question(asked, Channel.SERVICE, (name,))


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
    _say(question, True, member=member, language=language, gpc=gpc, now=now)
    Connection.objects.update_or_create(
        service=service,
        member=member,
        defaults={"fields": service.fields},
        create_defaults={"fields": service.fields, "begun_at": now},
    )
    number, _made = PairwiseId.objects.get_or_create(partner=service.partner, member=member, defaults={"given_at": now})
    return number


@transaction.atomic
def decline(*, service: ConnectedService, member: Any, language: str, gpc: bool, now: datetime) -> bool:
    """Note the no, and end the connection if there is one; whether there was.

    What the service got it is asked to delete (privacy.services.withdrawing).
    """
    question = question_of(service)
    _say(question, False, member=member, language=language, gpc=gpc, now=now)
    return bool(Connection.objects.filter(service=service, member=member).delete()[0])


def version_of(service: ConnectedService) -> str:
    """Another after each change of what is asked."""
    asked = [service.partner.receiver.name, service.about, service.purpose, *service.fields]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]


def _say(question: Question, yes: bool, *, member: Any, language: str, gpc: bool, now: datetime) -> ConsentEvent | None:
    said = record_choices(
        subject=consent_key(member=member),
        choices={question: yes},
        method=ConsentEvent.Method.BANNER,
        language=language,
        gpc=gpc,
        now=now,
    )
    return said[0] if said else None
