"""From the bytes of a message to what it says about which mail; what it is worth is judged elsewhere."""

import hashlib
from collections.abc import Iterable, Iterator
from email import message_from_bytes

from mailings.returning.reading.arf import read_complaint
from mailings.returning.reading.dsn import read_status
from mailings.returning.reading.notice import Fate, Report, Said
from mailings.returning.reading.parts import Mail, children, field, fields, original, own_parts
from mailings.returning.reading.plain import read_plain
from mailings.returning.return_path import REFERENCE, tokens_in

__all__ = ["MOST", "Fate", "Report", "Said", "Unreadable", "read_report"]

MOST = 1024 * 1024  # bytes
ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")  # to whom the message itself came
# What the standard library's parser raises on messages that nobody should send.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Unreadable(Exception):
    """The message is too large, or so broken that it cannot be taken apart."""


def read_report(raw: bytes) -> Report | None:
    """What a server says about a mail; None for any other message, such as an answer that somebody is away.

    Raises Unreadable.
    """
    if not raw or len(raw) > MOST:
        raise Unreadable
    try:
        message = message_from_bytes(raw)
        parts = list(own_parts(message))
        fates = _fates(message, parts)
        if not fates:
            return None
        token = next(_tokens(message, parts), "")
        return Report(fates=tuple(fates), token=token, key=_key(message, raw, token, fates))
    except BROKEN as error:
        raise Unreadable from error


def _fates(message: Mail, parts: Iterable[Mail]) -> list[Fate]:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return read_status(children(part))
        if kind == "message/feedback-report":
            return read_complaint(part, _originals(parts))
    return read_plain(message, parts)


def _originals(parts: Iterable[Mail]) -> list[Mail]:
    return [found for part in parts if (found := original(part)) is not None]


def _tokens(message: Mail, parts: Iterable[Mail]) -> Iterator[str]:
    """First where the message came to, then what the report says, then the mail that it gives back."""
    for name in ENVELOPE:
        for value in fields(message, name):
            yield from tokens_in(value)
    for part in parts:
        if part.get_content_type() in {"message/feedback-report", "message/delivery-status"}:
            for block in children(part)[:1]:
                yield from tokens_in(field(block, "Original-Mail-From"))
    for mail in _originals(parts):
        for name in ("Return-Path", REFERENCE):
            yield from tokens_in(field(mail, name))


def _key(message: Mail, raw: bytes, token: str, fates: Iterable[Fate]) -> str:
    """Tells one message from another whichever way it came: the way adds headers, and leaves these as they are.

    What it says belongs to it, so that a forged message of the same number does not stand in the way of a real one.
    """
    number = field(message, "Message-ID")
    said = [word for fate in fates for word in (fate.said, fate.status, *fate.addresses)]
    told = "\n".join([number, token, *said]).encode(errors="replace") if number else raw
    return hashlib.sha256(told).hexdigest()
