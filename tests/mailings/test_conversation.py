"""Many mails over one connection, in one breath where the server allows it, and nothing lost where it refuses."""

import asyncio
import threading
from collections.abc import Iterator
from smtplib import SMTPResponseException, SMTPServerDisconnected
from typing import Any

import pytest

from mailings.smtp import Conversation, EndUnknown, Letter, NotHeard, check_lines

MESSAGE = b"Subject: x\r\n\r\n.hidden dot\r\n"


class Server:
    """Speaks SMTP by a script: the answer to each command, by its first letters or by what it is about."""

    def __init__(self, *, pipelines: bool) -> None:
        self.pipelines = pipelines
        self.answers: dict[str, str] = {}
        self.heard: list[str] = []
        self.taken: list[tuple[str, bytes]] = []
        self.breaths: list[bytes] = []
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        assert started.wait(120)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        talk, rest = Talk(self), b""
        while breath := await reader.read(65536):
            self.breaths.append(breath)
            *lines, rest = (rest + breath).split(b"\r\n")
            for said in filter(None, map(talk.hear, lines)):
                if said == "hang up":
                    writer.close()
                    return
                writer.write(f"{said}\r\n".encode())

    def answer(self, command: str) -> str:
        """What the script says, or that all is well."""
        if command.startswith("EHLO"):
            return "250-hello\r\n250 PIPELINING" if self.pipelines else "250 hello"
        return self.answers.get(command, "354 go on" if command == "DATA" else "250 fine")


class Talk:
    """Where one connection stands."""

    def __init__(self, server: Server) -> None:
        self.server, self.recipient, self.text, self.in_data, self.has_begun = server, "", b"", False, False

    def hear(self, line: bytes) -> str:
        """The answer to a line; none to a line of a mail."""
        if self.in_data:
            return self._hear_text(line)
        command = line.decode().replace("ehlo", "EHLO")
        self.server.heard.append(command[:4])
        said = self.server.answer(command)
        if command.startswith("MAIL"):
            if self.has_begun:
                return "503 nested MAIL"
            self.recipient, self.text, self.has_begun = "", b"", said.startswith("250")
        if command.upper() == "RSET":
            self.recipient, self.has_begun = "", False
        if command.startswith("RCPT") and said.startswith("250"):
            self.recipient = command.split("<")[1].rstrip(">")
        if command == "DATA" and not self.recipient:
            said = self.server.answers.get("DATA to nobody", "554 nobody")
        self.in_data = command == "DATA" and said.startswith("354")
        return said

    def _hear_text(self, line: bytes) -> str:
        if line != b".":
            self.text += line + b"\r\n"
            return ""
        self.in_data, self.has_begun = False, False
        said = self.server.answers.get(f"DOT {self.recipient}", "250 taken")
        if said.startswith("250") and self.recipient:
            self.server.taken.append((self.recipient, self.text))
        return said


@pytest.fixture(params=[True, False], ids=["in one breath", "one by one"])
def server(request: Any, settings: Any) -> Iterator[Server]:
    found = Server(pipelines=request.param)
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": found.port}
    yield found
    found.stop()


def letter(number: int) -> Letter:
    return Letter("market@example.com", f"reader{number}@example.org", lambda: MESSAGE)


def nothing() -> None:
    """Before the dot."""


def refuse() -> None:
    """Before the dot somebody says no."""
    raise InterruptedError


def test_mails_follow_one_another_on_one_connection(server: Server) -> None:
    """With their dots doubled where a line begins with one."""
    letters = [letter(number) for number in range(3)]
    conversation = Conversation()

    for one, following in zip(letters, [*letters[1:], None], strict=True):
        conversation.hand_over(one, MESSAGE, before_dot=nothing, following=following)
    conversation.take_leave()

    assert [recipient for recipient, _text in server.taken] == [one.recipient for one in letters]
    assert {text for _recipient, text in server.taken} == {b"Subject: x\r\n\r\n..hidden dot\r\n"}
    assert server.heard.count("EHLO") == 1


def test_a_dot_and_the_next_envelope_go_out_in_one_breath(server: Server) -> None:
    """Where the server said that they may: else it hears one command at a time."""
    letters = [letter(1), letter(2)]
    conversation = Conversation()

    conversation.hand_over(letters[0], MESSAGE, before_dot=nothing, following=letters[1])
    conversation.hand_over(letters[1], MESSAGE, before_dot=nothing)

    together = [breath for breath in server.breaths if b".\r\nMAIL FROM:" in breath and b"RCPT TO:" in breath]
    assert len(together) == (1 if server.pipelines else 0)


@pytest.mark.parametrize("data", ["554 nobody", "354 go on"])
def test_a_refused_recipient_costs_its_own_mail_only(server: Server, data: str) -> None:
    """Also on a server that would take a text for nobody (RFC 2920, 3.1)."""
    server.answers |= {"RCPT TO:<reader1@example.org>": "550 5.1.1 gone", "DATA to nobody": data}
    letters = [letter(0), letter(1), letter(2)]
    conversation = Conversation()

    conversation.hand_over(letters[0], MESSAGE, before_dot=nothing, following=letters[1])
    with pytest.raises(SMTPResponseException) as refusal:
        conversation.hand_over(letters[1], MESSAGE, before_dot=nothing, following=letters[2])
    conversation = conversation if conversation.is_usable else Conversation()
    conversation.hand_over(letters[2], MESSAGE, before_dot=nothing)

    assert refusal.value.smtp_code == 550
    assert [recipient for recipient, _text in server.taken] == ["reader0@example.org", "reader2@example.org"]
    assert {text for _recipient, text in server.taken} == {b"Subject: x\r\n\r\n..hidden dot\r\n"}  # no empty one


def test_a_refusal_at_the_dot_leaves_the_next_mail_where_it_is(server: Server) -> None:
    server.answers["DOT reader1@example.org"] = "451 later"
    letters = [letter(1), letter(2)]
    conversation = Conversation()

    with pytest.raises(SMTPResponseException):
        conversation.hand_over(letters[0], MESSAGE, before_dot=nothing, following=letters[1])
    conversation.hand_over(letters[1], MESSAGE, before_dot=nothing)

    assert [recipient for recipient, _text in server.taken] == ["reader2@example.org"]


def test_what_is_held_back_before_the_dot_does_not_arrive(server: Server) -> None:
    """The connection is given up in the middle of the mail."""
    conversation = Conversation()

    with pytest.raises(InterruptedError):
        conversation.hand_over(letter(1), MESSAGE, before_dot=refuse)
    conversation.hang_up()

    assert server.taken == []
    assert not conversation.is_usable


def test_an_answer_that_never_comes_is_unknown(server: Server) -> None:
    server.answers["DOT reader1@example.org"] = "hang up"
    conversation = Conversation()

    with pytest.raises(EndUnknown):
        conversation.hand_over(letter(1), MESSAGE, before_dot=nothing, following=letter(2))

    assert not conversation.is_usable


def test_a_server_that_closes_is_left(server: Server) -> None:
    """421: it may be asked again later, over another connection."""
    server.answers["RCPT TO:<reader1@example.org>"] = "421 4.3.2 closing"
    conversation = Conversation()

    with pytest.raises(SMTPResponseException):
        conversation.hand_over(letter(1), MESSAGE, before_dot=nothing)

    assert not conversation.is_usable


def test_mails_go_in_the_order_in_which_they_were_announced(server: Server) -> None:
    """Another one would be sent to the wrong person."""
    if not server.pipelines:
        return
    conversation = Conversation()
    conversation.hand_over(letter(1), MESSAGE, before_dot=nothing, following=letter(2))

    with pytest.raises(RuntimeError, match="in the order"):
        conversation.hand_over(letter(3), MESSAGE, before_dot=nothing)

    assert [recipient for recipient, _text in server.taken] == ["reader1@example.org"]


@pytest.mark.parametrize("answer", ["501 Syntax", "451 later", "421 closing", "hang up"])
def test_a_server_that_does_not_want_us_says_nothing_about_a_mail(server: Server, answer: str) -> None:
    server.answers["MAIL FROM:<market@example.com>"] = answer
    conversation = Conversation()

    with pytest.raises(NotHeard):
        conversation.hand_over(letter(1), MESSAGE, before_dot=refuse)

    assert (conversation.is_new, server.taken) == (True, [])


def test_a_server_that_hangs_up_after_a_mail_has_not_heard_the_next(server: Server) -> None:
    """Many take only so many over one connection."""
    conversation = Conversation()
    conversation.hand_over(letter(1), MESSAGE, before_dot=nothing)
    server.answers["MAIL FROM:<market@example.com>"] = "hang up"

    with pytest.raises(NotHeard):
        conversation.hand_over(letter(2), MESSAGE, before_dot=refuse)

    assert (conversation.is_new, conversation.is_usable) == (False, False)


@pytest.mark.parametrize("command", ["RCPT TO:<reader2@example.org>", "DATA"])
def test_a_server_that_took_the_sender_and_then_hangs_up_was_asked_about_the_mail(server: Server, command: str) -> None:
    """It looks at the receiver before it answers, and some receivers are too much for it; others are not."""
    server.answers[command] = "hang up"
    conversation = Conversation()

    with pytest.raises(SMTPServerDisconnected):
        conversation.hand_over(letter(2), MESSAGE, before_dot=refuse)

    assert server.taken == []


def test_the_same_holds_of_a_mail_that_was_announced_with_the_dot_before(server: Server) -> None:
    server.answers["RCPT TO:<reader2@example.org>"] = "hang up"
    letters = [letter(1), letter(2)]
    conversation = Conversation()
    conversation.hand_over(letters[0], MESSAGE, before_dot=nothing, following=letters[1])

    with pytest.raises(SMTPServerDisconnected):
        conversation.hand_over(letters[1], MESSAGE, before_dot=refuse)

    assert [recipient for recipient, _text in server.taken] == ["reader1@example.org"]


def test_the_first_mail_of_a_connection_is_announced_step_by_step(server: Server) -> None:
    """In one breath it would not be known whether the server does not answer us, or ponders about a receiver."""
    conversation = Conversation()

    conversation.hand_over(letter(1), MESSAGE, before_dot=nothing)

    assert [breath for breath in server.breaths if b"MAIL FROM:" in breath and b"RCPT TO:" in breath] == []


def test_an_answer_that_is_none_leaves_the_end_unknown(server: Server) -> None:
    server.answers["DOT reader1@example.org"] = "hm?"
    conversation = Conversation()

    with pytest.raises(EndUnknown):
        conversation.hand_over(letter(1), MESSAGE, before_dot=nothing)


@pytest.mark.parametrize("message", [b"a\rb\r\n", b"a\nb\r\n", b"a\r.\r\n"])
def test_half_a_line_break_is_not_sent(message: bytes) -> None:
    """Some servers take it for a whole one: what follows would be commands."""
    with pytest.raises(ValueError, match="half a line break"):
        check_lines(message)
