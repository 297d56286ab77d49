"""Pieces of a message by hand (RFC 5322, RFC 2045), where the library's objects would take longer than all else."""

import base64
import binascii
import re
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from privacy.mailboxes import ascii_host

BREAKS = re.compile(r"\r\n?|\n")
MOSTLY_LETTERS = 0.25  # up to this share of bytes beyond ASCII a text stays readable on the wire


def in_one_line(words: str) -> str:
    """A subject without what could end it, and without what a program would take for an encoded word (RFC 2047)."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split()).replace("=?", "= ?")


def domain_of(address: str) -> str:
    """Who receives mail for the address, as DNS writes it; what is none stays as it is."""
    return ascii_host(address.rpartition("@")[2])[:253]


def encoded_header(name: str, value: str) -> bytes:
    """One header as the standard library writes it: encoded words, folded, and nothing that could begin another."""
    message = EmailMessage(policy=SMTP_POLICY)
    message[name] = value
    return message.as_bytes(policy=SMTP_POLICY).removesuffix(b"\r\n")


def encoded_part(words: str) -> bytes:
    """The header that names the encoding, an empty line, and the words, ended by a line break."""
    lines = BREAKS.sub("\n", words)
    raw = lines.encode()
    if len(raw) - len(lines) > len(raw) * MOSTLY_LETTERS:
        body = base64.encodebytes(raw.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
        return b"Content-Transfer-Encoding: base64\r\n\r\n" + body
    body = binascii.b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    return b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body + b"\r\n"
