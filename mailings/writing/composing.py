"""A mail as bytes: single ones by the standard library; those of a campaign by filling in one that was made once."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr

from django.conf import settings

from mailings.models import Delivery
from mailings.returning.return_path import REFERENCE, return_path, token_of
from mailings.smtp import Letter, own_host
from mailings.stopping.one_click import headers_for, one_click_headers
from mailings.stopping.unsubscribe_links import list_id, unsubscribe_link
from mailings.writing.circulars import Circular
from mailings.writing.dkim import signed
from mailings.writing.wire import encoded_header, encoded_part, in_one_line

WIRE = SMTP_POLICY.clone(cte_type="7bit")  # understood by servers without 8BITMIME (RFC 6152) too


def letter_of(row: Delivery) -> Letter:
    """A mail to one person. Raises ValueError for an impossible address."""
    return Letter(return_path(row), ascii_address(row.to), lambda: signed(compose(row).as_bytes(policy=WIRE)))


def compose(row: Delivery) -> EmailMessage:
    """The mail as it goes out, always under the same Message-ID. Raises ValueError for an impossible address."""
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.DEFAULT_FROM_EMAIL
    try:
        message["To"] = ascii_address(row.to)
    except (IndexError, LookupError, AttributeError) as error:  # the standard library's parser gave up on it
        raise ValueError(row.to) from error
    message["Subject"] = in_one_line(row.subject)
    for name, value in {**_own_headers(row), **one_click_headers(row)}.items():
        message[name] = value
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    return message


@dataclass(frozen=True, slots=True)
class Printer:
    """Makes the mails of one campaign in one language: its subject and sender are encoded once."""

    circular: Circular
    topic: str
    head: bytes  # the headers that all of them have

    @classmethod
    def of(cls, circular: Circular, *, topic: str) -> "Printer":
        """`topic` is that of marketing; "" for what cannot be refused."""
        shared = {"From": settings.DEFAULT_FROM_EMAIL, "Subject": in_one_line(circular.subject), "MIME-Version": "1.0"}
        if topic:
            shared["List-Id"] = list_id(topic)
        head = b"".join(encoded_header(name, value) for name, value in shared.items())
        return cls(circular, topic, head)

    def letter(self, row: Delivery) -> Letter:
        """The mail of one reader. Raises ValueError for an impossible address."""
        recipient = ascii_address(row.to)
        return Letter(return_path(row), recipient, lambda: signed(self._wire(row, recipient)))

    def _wire(self, row: Delivery, recipient: str) -> bytes:
        stop = unsubscribe_link(row.reader, self.topic, row.to) if self.topic and row.reader else ""
        text, html = self.circular.filled(name=row.name, unsubscribe_url=stop)
        boundary = f"=_{row.pk.hex}"
        own = {"To": recipient, **_own_headers(row), **headers_for(stop)}
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        head += f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        parts = (("plain", text), ("html", html))
        body = b"".join(
            f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode() + encoded_part(words)
            for subtype, words in parts
        )
        return self.head + head.encode("ascii") + body + f"--{boundary}--\r\n".encode()


def ascii_address(address: str) -> str:
    """The address with its domain as DNS knows it (RFC 5890).

    Raises ValueError when it is none or its name is not ASCII.
    """
    name, _at, domain = parseaddr(address)[1].rpartition("@")
    if not name or not domain or not name.isascii() or not name.isprintable():
        message = "not an address that SMTP can carry"
        raise ValueError(message)
    return f"{name}@{domain.encode('idna').decode('ascii')}"


def _own_headers(row: Delivery) -> dict[str, str]:
    """The headers that no two mails share."""
    own = {
        "Date": format_datetime(row.queued_at),
        "Message-ID": f"<{row.pk}@{own_host()}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no vacation answers, please
    }
    return {**own, REFERENCE: token_of(row.pk)} if settings.BOUNCE_DOMAIN else own
