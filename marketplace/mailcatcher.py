"""A mail server that delivers nothing: it keeps each mail as a file, for the demo's mailbox page."""

import argparse
import asyncio
import contextlib
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 10_000_000  # bytes of one mail
KEPT = 1000  # mails; older ones are removed


class Keeper:
    """Keeps mails in a directory as `<time>-<random>.eml`, so that names sort by time."""

    def __init__(self, mailbox: Path) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's
        """Keep the mail, then say so; to whom it really went stands in its first line."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
        recipients = ", ".join(" ".join(recipient.split()) for recipient in envelope.rcpt_tos)
        content = envelope.original_content or b""
        keep_file(self.mailbox / name, f"X-Envelope-To: {recipients}\r\n".encode() + content)
        forget_old_mails(self.mailbox)
        return "250 Kept"


def keep_file(path: Path, content: bytes) -> None:
    """Write a whole file or none: readers never see half a mail."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    Path(temporary).replace(path)


def forget_old_mails(mailbox: Path) -> None:
    """Keep the newest mails only."""
    for old in sorted(mailbox.glob("*.eml"))[:-KEPT]:
        old.unlink(missing_ok=True)


async def catch_mails(port: int, mailbox: Path) -> None:
    """Serve SMTP on 127.0.0.1 until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for how in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(how, stopped.set)
    keeper = Keeper(mailbox)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop),
        host="127.0.0.1",
        port=port,
        family=socket.AF_INET,
    )
    async with server:
        await stopped.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve: `python -m marketplace.mailcatcher PORT DIRECTORY`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("mailbox", type=Path)
    options = parser.parse_args(arguments)
    options.mailbox.mkdir(parents=True, exist_ok=True)
    for half_written in options.mailbox.glob(".incoming-*"):
        with contextlib.suppress(FileNotFoundError):
            half_written.unlink()
    asyncio.run(catch_mails(options.port, options.mailbox))


if __name__ == "__main__":
    main()
