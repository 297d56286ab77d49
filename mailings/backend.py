"""Everything that sends mail the Django way (allauth, error mails) lands in the outbox too."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from mailings.services import queue_message


class OutboxBackend(BaseEmailBackend):
    """Queues a row per recipient instead of talking to a server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue all of them or none; returns how many messages were queued."""
        with transaction.atomic():
            for message in email_messages:
                for address in message.recipients():
                    queue_message(
                        template="django",
                        to=parseaddr(address)[1],
                        language=translation.get_language() or "en",
                        subject=str(message.subject),
                        text=str(message.body),
                        html=_html_of(message),
                        now=timezone.now(),
                    )
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    return next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), "")
