"""A mail server that takes everything, quickly, and writes down what; for measuring the outbox and for crashing it.

    python -m marketplace.bench.sink PORT LOG [SHARE [DELAY [SILENCE]]]

A line in LOG is a recipient and a Message-ID, written before the answer to the final dot goes out. Of all mails, SHARE
are put off with 451 instead, one half at the recipient and one half at the dot. A recipient is answered after DELAY
seconds, a dot after SILENCE: then the mail is there, and nobody knows.
"""

import asyncio
import random
import sys
from pathlib import Path
from typing import IO

GREETING = b"220 sink\r\n"
HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
FINE, GO_ON, LATER, BYE = b"250 OK\r\n", b"354 Go on\r\n", b"451 Try later\r\n", b"221 Bye\r\n"
NO_RECIPIENT, UNKNOWN = b"554 No valid recipients\r\n", b"500 What?\r\n"
END = b"\r\n.\r\n"


class Sink:
    """One server; every connection is a task."""

    def __init__(self, log: IO[str], *, share: float = 0.0, delay: float = 0.0, silence: float = 0.0) -> None:
        self.log, self.share, self.delay, self.silence = log, share, delay, silence

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak SMTP (RFC 5321) until the other side leaves or dies."""
        try:
            writer.write(GREETING)
            recipient = ""
            while line := await reader.readline():
                command = line[:4].upper()
                if command == b"RCPT":
                    await asyncio.sleep(self.delay)
                    recipient = "" if self._is_put_off() else line.decode().split("<", 1)[1].split(">", 1)[0]
                    writer.write(FINE if recipient else LATER)
                elif command == b"DATA":
                    writer.write(GO_ON if recipient else NO_RECIPIENT)
                    if recipient:
                        await self._take(recipient, reader, writer)
                elif command == b"QUIT":
                    writer.write(BYE)
                    break
                else:
                    known = {b"EHLO": HELLO, b"HELO": FINE, b"MAIL": FINE, b"RSET": FINE, b"NOOP": FINE}
                    writer.write(known.get(command, UNKNOWN))
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    async def _take(self, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        message = await reader.readuntil(END)
        if self._is_put_off():
            writer.write(LATER)
            return
        start = message.index(b"Message-ID:") + len(b"Message-ID:")
        number = message[start : message.index(b"\r\n", start)].decode().strip()
        self.log.write(f"{recipient} {number}\n")
        self.log.flush()
        await asyncio.sleep(self.silence)
        writer.write(FINE)

    def _is_put_off(self) -> bool:
        return self.share > 0 and random.random() < self.share / 2  # noqa: S311 - nobody has to be unable to guess it


async def serve(port: int, log: Path, *manner: float) -> None:
    """Until it is killed."""
    with log.open("a", encoding="utf-8") as file:
        sink = Sink(file, **dict(zip(("share", "delay", "silence"), manner, strict=False)))
        server = await asyncio.start_server(sink.talk, "127.0.0.1", port, limit=1 << 22)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), *map(float, sys.argv[3:6])))
