"""A message taken apart without trusting it: its own parts, its fields as plain lines, addresses as they are compared.

The old policy of the standard library's parser is the forgiving one: it keeps what it does not understand.
"""

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

Mail = Message
MOST_PARTS = 50
LONGEST = 1_000  # signs of a field that are looked at


def own_parts(message: Mail) -> Iterator[Mail]:
    """The parts in their order, but none of a message that is attached: what was written there is somebody else's."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = children(part)
        else:
            yield part


def children(part: Mail) -> list[Mail]:
    """What the parser has taken a part apart into: parts, or the blocks of a report."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def field(message: Mail, name: str) -> str:
    """A field in one line that can be stored anywhere, or ""."""
    return plain(str(message.get(name, "")))


def fields(message: Mail, name: str) -> list[str]:
    """The same for a field that may stand there several times."""
    return [plain(str(value)) for value in message.get_all(name, [])]


def plain(text: str) -> str:
    """One line without control signs and without halves of signs."""
    line = " ".join(text[: LONGEST * 4].split())
    kept = "".join(sign if sign.isprintable() else " " for sign in line)
    return kept[:LONGEST]


def text_of(part: Mail) -> str:
    """The words of a part; its charset is not asked, since all that is looked for is ASCII."""
    payload = part.get_payload(decode=True)
    return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def original(part: Mail) -> Mail | None:
    """The mail, or its headers, that a part gives back (RFC 6522, 3)."""
    kind = part.get_content_type()
    if kind in {"text/rfc822-headers", "text/rfc822"}:
        payload = part.get_payload(decode=True)
        return BytesHeaderParser().parsebytes(payload if isinstance(payload, bytes) else b"")
    if kind in {"message/rfc822", "message/rfc822-headers"}:
        return next(iter(children(part)), None)
    return None


def address_in(value: str) -> str:
    """The address of `rfc822; name@host` (RFC 3464, 2.3.2), of `Name <name@host>` or of `name@host`, or ""."""
    kind, semicolon, rest = value.partition(";")
    words = rest if semicolon and "@" not in kind else value
    address = parseaddr(words.strip())[1]
    return address if "@" in address else ""
