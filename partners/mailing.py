"""Mail to partners, at their address for technical notices and in their language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mailings.services import queue_mail
from partners.models import Partner
from privacy.channels import NotReached


def mail_partner(*, partner: Partner, template: str, context: Mapping[str, Any], now: datetime) -> None:
    """Owe it the mail. Raises NotReached where no address is known: whoever had that mailbox had it erased."""
    if not partner.contact_email:
        raise NotReached
    queue_mail(template=template, to=partner.contact_email, language=partner.language, context=context, now=now)
