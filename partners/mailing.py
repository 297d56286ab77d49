"""Mail to partners, at their address for technical notices and in their language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format

from mailings.services import queue_mail
from partners.models import Partner
from privacy.channels import NotReached
from privacy.languages import site_language
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed


def mail_partner(*, partner: Partner, template: str, context: Mapping[str, Any], now: datetime) -> None:
    """Owe it the mail.

    Raises NotReached where no address is known, since whoever had that mailbox had it erased, or where the address
    must not be written to: nothing would leave, and it would pass for told.
    """
    if not partner.contact_email or is_suppressed(Suppression.Kind.EMAIL, partner.contact_email):
        raise NotReached
    queue_mail(template=template, to=partner.contact_email, language=partner.language, context=context, now=now)


def day_in_words(day: date | datetime, *, language: str) -> str:
    """As the reader of this language writes it, as far as the site is translated."""
    with translation.override(site_language(language)):
        return date_format(day)
