"""One mail over one connection, with a pause for the caller just before the final dot.

Django's and smtplib's own `sendmail` have no such pause, and everything that must be known about a crash hangs on it.
"""

import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPResponseException, SMTPServerDisconnected
from urllib.parse import urlsplit

from django.conf import settings

from mailings.models import Delivery
from mailings.one_click import one_click_headers
from mailings.return_path import REFERENCE, return_path, token_of

PATIENCE = 15  # seconds the sender waits for an answer to a command
DOT_PATIENCE = 100  # and to the final dot, after which many servers scan the mail (RFC 5321, 4.5.3.2.6, asks for more)
WIRE = SMTP_POLICY.clone(cte_type="7bit")  # understood by servers without 8BITMIME (RFC 6152) too


class EndUnknown(Exception):
    """The connection broke between the final dot and the answer: the mail may or may not have been taken."""


def connect() -> SMTP:
    """Open the connection that EMAIL_URL describes; raises SMTPException or OSError."""
    smtp = settings.SMTP
    place = {"host": smtp["EMAIL_HOST"], "port": smtp["EMAIL_PORT"], "timeout": PATIENCE, "local_hostname": _own_host()}
    if smtp.get("EMAIL_USE_SSL"):
        opened: SMTP = SMTP_SSL(**place, context=ssl.create_default_context())
    else:
        opened = SMTP(**place)
    try:
        if smtp.get("EMAIL_USE_TLS"):
            opened.starttls(context=ssl.create_default_context())
        if smtp.get("EMAIL_HOST_USER"):
            opened.login(smtp["EMAIL_HOST_USER"], smtp["EMAIL_HOST_PASSWORD"])
        opened.ehlo_or_helo_if_needed()
    except (SMTPException, OSError):
        opened.close()
        raise
    return opened


def hang_up(connection: SMTP | None) -> None:
    """Close the connection, in the middle of a mail too: what has no final dot yet is then discarded."""
    if connection is not None:
        connection.close()


def take_leave(connection: SMTP | None) -> None:
    """End the conversation as politely as it began."""
    if connection is not None:
        with suppress(SMTPException, OSError):
            connection.quit()
        connection.close()


def compose(row: Delivery) -> EmailMessage:
    """The mail as it goes out, always under the same Message-ID. Raises ValueError for an impossible address."""
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.DEFAULT_FROM_EMAIL
    try:
        message["To"] = ascii_address(row.to)
    except (IndexError, LookupError, AttributeError) as error:  # the standard library's parser gave up on it
        raise ValueError(row.to) from error
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.queued_at)
    message["Message-ID"] = f"<{row.pk}@{_own_host()}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    if settings.BOUNCE_DOMAIN:
        message[REFERENCE] = token_of(row.pk)
    for name, value in one_click_headers(row).items():
        message[name] = value
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    return message


def ascii_address(address: str) -> str:
    """The address with its domain as DNS knows it (RFC 5890).

    Raises ValueError when it is none or its name is not ASCII.
    """
    name, _at, domain = parseaddr(address)[1].rpartition("@")
    if not name or not domain or not name.isascii():
        message = "not an address that SMTP can carry"
        raise ValueError(message)
    return f"{name}@{domain.encode('idna').decode('ascii')}"


def hand_over(connection: SMTP, row: Delivery, *, before_dot: Callable[[], None]) -> None:
    """Stream the mail, call `before_dot`, then send the dot and hear the answer.

    What `before_dot` raises passes through with nothing sent. Raises EndUnknown, SMTPResponseException for a refusal,
    other SMTPException and OSError when nothing was sent, ValueError for a mail that cannot be written.
    """
    wire = _dot_stuffed(compose(row).as_bytes(policy=WIRE))
    for code, answer in (
        connection.mail(return_path(row)),
        connection.rcpt(ascii_address(row.to)),
        connection.docmd("DATA"),
    ):
        if code not in {250, 251, 252, 354}:
            raise SMTPResponseException(code, answer)
    connection.send(wire)
    before_dot()
    try:
        connection.sock.settimeout(DOT_PATIENCE)  # type: ignore[union-attr]  # it is connected, or `send` had raised
        connection.send(b".\r\n")
        code, answer = connection.getreply()
        connection.sock.settimeout(PATIENCE)  # type: ignore[union-attr]
    except (SMTPServerDisconnected, OSError) as error:
        raise EndUnknown from error
    if code != 250:
        raise SMTPResponseException(code, answer)


def _own_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _dot_stuffed(message: bytes) -> bytes:
    """End in a line break and double a leading dot (RFC 5321, 4.5.2)."""
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    return message.replace(b"\r\n.", b"\r\n..")
