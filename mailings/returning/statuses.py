"""What the status codes of mail servers (RFC 3463, and the IANA registry behind it) say about an address."""

import re

CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
# Of 5.1.x, these are about our own address, or about nothing in particular.
NOT_THE_RECEIVER = {"5.1.0", "5.1.7", "5.1.8"}
MAILBOX_CLOSED = "5.2.1"
# Of 5.4.x, these are about the way there today: congestion, loops, and time that ran out.
ON_THE_WAY = {"5.4.0", "5.4.5", "5.4.6", "5.4.7", "5.4.14", "5.4.300", "5.4.312", "5.4.316"}

# What was sent, how, and by whom: protocol, content, policy; a sender's address; a size.
OURS = re.compile(r"\d\.([567]\.\d+|1\.[78]|3\.4|2\.3)")


def is_ours(status: str) -> bool:
    """Whether the mail or its sender was turned away; that says nothing about the receiver's address."""
    return OURS.fullmatch(status) is not None


def is_hard(status: str) -> bool:
    """Whether the address is none, or none any more; a full mailbox, a filter or a large mail says nothing of that."""
    if status.startswith("5.1."):
        return status not in NOT_THE_RECEIVER
    if status.startswith("5.4."):
        return status not in ON_THE_WAY
    return status == MAILBOX_CLOSED


def code_in(*texts: str) -> str:
    """The first code that says something, or the first at all, or "": `5.0.0` says only that it failed."""
    found = [code for text in texts for code in CODE.findall(text)]
    telling = [code for code in found if not code.endswith(".0.0")]
    return next(iter(telling or found), "")
