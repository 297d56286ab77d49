"""Many mails over one connection, with a pause for the caller just before each final dot.

Django's and smtplib's own `sendmail` have no such pause, and everything that must be known about a crash hangs on it.
What a server allows to be said in one breath (PIPELINING, RFC 2920) is: the dot goes out with the next mail's envelope.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings

from mailings.answers import words_of

PATIENCE = 15  # seconds the sender waits for an answer to a command
DOT_PATIENCE = 100  # and to the final dot, after which many servers scan the mail (RFC 5321, 4.5.3.2.6, asks for more)
GO_ON, CLOSING = 354, 421  # the server waits for the text; it ends the conversation
EXPECTED = ({250}, {250, 251, 252}, {GO_ON})  # answers to MAIL, RCPT and DATA


class NotHeard(Exception):
    """The server cannot be reached, or turns us away before a mail is its subject: nobody was asked about any mail."""


class EndUnknown(Exception):
    """The connection broke between the final dot and the answer: the mail may or may not have been taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A mail on the wire: its envelope, and what makes its bytes (RFC 5322, CRLF) when its turn has come."""

    sender: str
    recipient: str
    write: Callable[[], bytes]


class Conversation:
    """One connection to the server that EMAIL_URL names; mails follow one another on it."""

    def __init__(self) -> None:
        """Connect, greet and log in. Raises NotHeard."""
        with _not_heard():
            self.connection = _connect()
        self.is_new = True  # nothing was heard about any mail yet
        self.pipelines = self.connection.has_extn("pipelining")
        self.announced: Letter | None = None

    def hand_over(
        self, letter: Letter, wire: bytes, *, before_dot: Callable[[], None], following: Letter | None = None
    ) -> None:
        """Stream the mail, call `before_dot`, then send the dot and hear the answer.

        `wire` is what the letter has written; `following` is the mail that this connection will be given next. What
        `before_dot` raises passes through with nothing sent; the connection is of no use then. Raises NotHeard,
        EndUnknown, SMTPResponseException for a refusal, other SMTPException and OSError when this mail was broken off.
        """
        self._announce(letter)
        self._await_text(self._answers_to(letter))
        self.connection.send(_dot_stuffed(wire))
        before_dot()
        self._send_dot(following)

    @property
    def is_usable(self) -> bool:
        """Whether another mail can follow."""
        return self.connection.sock is not None

    def hang_up(self) -> None:
        """Close the connection, in the middle of a mail too: what has no final dot yet is then discarded."""
        self.connection.close()

    def take_leave(self) -> None:
        """End the conversation as politely as it began."""
        if self.announced is None:
            with suppress(SMTPException, OSError):
                self.connection.quit()
        self.connection.close()

    def _announce(self, letter: Letter) -> None:
        """Say whom the next mail is for in one breath, where that is allowed and was not done with the last dot.

        The first mail goes step by step: else a server that ponders about its receiver, and answers all at once, would
        look like one that does not answer us.
        """
        if self.announced is letter:
            return
        if self.announced is not None:  # another one was, so that the server waits for its text
            message = "mails are handed over in the order in which they were announced"
            raise RuntimeError(message)
        if self.pipelines and not self.is_new:
            with _not_heard():
                self.connection.send(_envelope(letter))
            self.announced = letter

    def _await_text(self, answers: Sequence[tuple[int, bytes]]) -> None:
        """That the server waits for the text. Raises SMTPResponseException or NotHeard, and nothing of it is left."""
        refused = next((at for at, (code, _words) in enumerate(answers) if code not in EXPECTED[at]), None)
        self.is_new = self.is_new and refused == 0
        if refused is None:
            return
        if answers[-1][0] == GO_ON:  # it would take a text for nobody; none is sent, not even an empty one
            self.hang_up()
        else:  # else the server would take the next recipient for one more of this mail (RFC 5321, 4.1.1.2)
            self._forget_mail()
        code, words = answers[refused]
        if refused == 0:  # all mails have our sender
            raise NotHeard(words_of(SMTPResponseException(code, words)))
        self._refuse(code, words)

    def _answers_to(self, letter: Letter) -> list[tuple[int, bytes]]:
        """To each command of the envelope, or, where they go out one by one, up to the first refusal.

        Raises NotHeard, and other SMTPException where the server breaks off after it has taken the sender: some
        receivers are too much for it, and those of other mails are not.
        """
        is_said, self.announced = self.announced is letter, None
        answers: list[tuple[int, bytes]] = []
        for command, expected in zip(_commands(letter), EXPECTED, strict=True):
            with nullcontext() if _takes_sender(answers) else _not_heard():
                answers.append(self.connection.getreply() if is_said else self.connection.docmd(command))
            code, _words = answers[-1]
            if code == CLOSING or (code not in expected and not is_said):
                break
        return answers

    def _forget_mail(self) -> None:
        try:
            self.connection.rset()
        except (SMTPException, OSError):
            self.hang_up()

    def _send_dot(self, following: Letter | None) -> None:
        said = b".\r\n"
        if following is not None and self.pipelines:
            said += _envelope(following)
        try:
            self.connection.sock.settimeout(DOT_PATIENCE)  # type: ignore[union-attr]  # connected, or `send` had raised
            self.connection.send(said)
            code, answer = self.connection.getreply()
            self.connection.sock.settimeout(PATIENCE)  # type: ignore[union-attr]
        except (SMTPException, OSError) as error:  # the first also for an answer without end
            self.hang_up()
            raise EndUnknown(words_of(error)) from error
        self.announced = following if self.pipelines else None
        if code < 200:  # no answer that means anything
            self.hang_up()
            raise EndUnknown(words_of(SMTPResponseException(code, answer)))
        if code != 250:
            self._refuse(code, answer)

    def _refuse(self, code: int, answer: bytes) -> None:
        if code == CLOSING:
            self.hang_up()
        raise SMTPResponseException(code, answer)


def own_host() -> str:
    """As which this sender greets, and in whose name its mails have numbers."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _connect() -> SMTP:
    smtp = settings.SMTP
    place = {"host": smtp["EMAIL_HOST"], "port": smtp["EMAIL_PORT"], "timeout": PATIENCE, "local_hostname": own_host()}
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
        # The dot is a small packet behind a large one: without this it waits for the other side's delayed answer.
        opened.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[union-attr]
    except (SMTPException, OSError, ValueError):
        opened.close()
        raise
    return opened


@contextmanager
def _not_heard() -> Iterator[None]:
    """What goes wrong here is about no mail. Raises NotHeard."""
    try:
        yield
    except (SMTPException, OSError, ValueError) as error:  # the last: a host or password that cannot be said at all
        raise NotHeard(words_of(error)) from error


def _takes_sender(answers: Sequence[tuple[int, bytes]]) -> bool:
    return bool(answers) and answers[0][0] in EXPECTED[0]


def _commands(letter: Letter) -> tuple[str, str, str]:
    return f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>", "DATA"


def _envelope(letter: Letter) -> bytes:
    return "".join(f"{command}\r\n" for command in _commands(letter)).encode("ascii")


def check_lines(message: bytes) -> bytes:
    """The message, if its lines end in CRLF: anything else some servers take for an end (RFC 5321, 2.3.8).

    Raises ValueError.
    """
    breaks = message.count(b"\r\n")  # to count is ten times as quick as to look for one half without the other
    if breaks != message.count(b"\r") or breaks != message.count(b"\n"):
        reason = "a line that ends in half a line break"
        raise ValueError(reason)
    return message


def _dot_stuffed(message: bytes) -> bytes:
    """End in a line break and double a leading dot (RFC 5321, 4.5.2)."""
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    return message.replace(b"\r\n.", b"\r\n..")
