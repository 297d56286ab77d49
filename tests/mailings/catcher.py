"""A real mail server on loopback that does as it is told."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import own_port

Answer = Callable[[str], str | None]
BREAK_OFF = "000 hang up"  # instead of an answer


class Catcher:
    """Keeps what it takes in `mails`, oldest first; the attributes say what it answers instead.

    `on_sender` gets the sender's address, `on_recipient` and `on_dot` the recipient's; what they return is the answer,
    None is the usual one.
    They may wait: that is how a test stops a worker at a point of its choice.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.senders: list[str | None] = []  # of the envelope
        self.sessions: list[Session] = []
        self.on_sender: Answer = lambda address: None
        self.on_recipient: Answer = lambda address: None
        self.on_dot: Answer = lambda address: None
        port = own_port()
        # What settings.SMTP must be for mail to come here.
        self.smtp: dict[str, Any] = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}
        self.controller = Controller(self, hostname="127.0.0.1", port=port, ready_timeout=60)

    def start(self) -> None:
        """Listen."""
        self.controller.start()

    def stop(self) -> None:
        """Listen no longer."""
        self.controller.stop()

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender, or answer what the test wants."""
        answer = self.on_sender(address)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or answer what the test wants."""
        if session not in self.sessions:
            self.sessions.append(session)
        answer = await server.loop.run_in_executor(None, self.on_recipient, address)
        if answer == BREAK_OFF and server.transport:
            server.transport.close()
        elif answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or answer what the test wants."""
        answer = await server.loop.run_in_executor(None, self.on_dot, envelope.rcpt_tos[0])
        if answer == BREAK_OFF and server.transport:
            server.transport.close()
        elif answer is None:
            self.recipients += envelope.rcpt_tos
            self.senders.append(envelope.mail_from)
            content = envelope.original_content
            assert content is not None
            self.raw.append(content)
            self.mails.append(message_from_bytes(content, policy=default))
        return answer or "250 OK"
