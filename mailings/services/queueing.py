"""Owing somebody a mail: a row in the caller's own transaction, and a wake-up after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from mailings import tasks
from mailings.models import Delivery
from mailings.writing.rendering import Rendered, render_mail
from mailings.writing.wire import domain_of
from privacy.languages import site_language
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed


@transaction.atomic
def queue_mail(
    *,
    template: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    now: datetime,
    asked_for: bool = False,
    pk: UUID | None = None,
) -> Delivery:
    """Write the mail as a row; a worker sends it once the caller's transaction has committed.

    `template` names the pair mail/<template>.txt and .html, see `render_mail`; `language` is the one that the reader
    wants, of which the mail comes as near as the site is translated. `asked_for`: see `queue_message`. `pk` is for a
    caller who has to know the row's number before there is one.
    Subject and text are forgotten once it has ended.
    """
    language = site_language(language)
    mail = render_mail(template=template, language=language, context=context)
    return _owe(mail, template=template, to=to, language=language, now=now, asked_for=asked_for, pk=pk or uuid4())


@transaction.atomic
def queue_message(
    *,
    template: str,
    to: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    asked_for: bool = False,
) -> Delivery:
    """The same for a mail somebody else has written (allauth, Django).

    To an address that must not be written to, nothing is: the row that comes back is in no table. Unless the mail is
    `asked_for`: its receiver has just done what this mail answers, or has a right to be told.
    """
    mail = Rendered(subject=subject, text=text, html=html)
    return _owe(mail, template=template, to=to, language=language, now=now, asked_for=asked_for, pk=uuid4())


def _owe(
    mail: Rendered, *, template: str, to: str, language: str, now: datetime, asked_for: bool, pk: UUID
) -> Delivery:
    delivery = Delivery(
        id=pk,
        template=template[:60],
        to=to,
        domain=domain_of(to),
        asked_for=asked_for,
        language=language,
        subject=" ".join(mail.subject.split())[:300],
        text=mail.text,
        html=mail.html,
        queued_at=now,
        not_before=now,
    )
    if not asked_for and is_suppressed(Suppression.Kind.EMAIL, to):
        return delivery
    delivery.save(force_insert=True)
    transaction.on_commit(tasks.wake)
    return delivery
