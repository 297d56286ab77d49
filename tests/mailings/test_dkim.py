"""What goes out is signed with the domain's key, so that receivers believe it (RFC 6376, RFC 8463)."""

import base64
import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailings import tasks
from mailings.checks import dkim_key_is_one
from mailings.services import queue_message
from mailings.writing.dkim import UnusableKey, load_signer, relaxed_body, signature
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, release, send_all, write
from tests.mailings.catcher import Catcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
RSA, ED25519 = rsa.generate_private_key(public_exponent=65537, key_size=2048), ed25519.Ed25519PrivateKey.generate()
MESSAGE = (
    b"From: Market <market@market.example>\r\nTo: amara@example.com\r\nSubject: Green   coffee,\r\n\tgrade 1\r\n"
    b"Message-ID: <1@market.example>\r\n\r\nGood day,  Amara \r\n.\r\n\r\n\r\n"
)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Mails are written at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def pem(key: Any) -> str:
    """As it stands in the environment."""
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def verify(message: bytes, key: Any) -> None:
    """What a receiver does, written by the standard and not by our code. Raises InvalidSignature."""
    head, _empty, body = message.partition(b"\r\n\r\n")
    fields = [(name.lower().strip(), value) for name, _colon, value in (one.partition(b":") for one in unfold(head))]
    own = next(value for name, value in fields if name == b"dkim-signature")
    tags = dict(re.findall(rb"(\w+)=([^;]*)", re.sub(rb"\s+", b"", own)))
    text = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    text = re.sub(rb"(\r\n)*$", b"", text) + b"\r\n"
    if base64.b64decode(tags[b"bh"]) != hashlib.sha256(text).digest():
        raise InvalidSignature
    left, lines = list(fields), []
    for name in tags[b"h"].lower().split(b":"):
        at = next((at for at in range(len(left) - 1, -1, -1) if left[at][0] == name), None)
        if at is not None:
            lines.append(name + b":" + relaxed(left.pop(at)[1]) + b"\r\n")
    lines.append(b"dkim-signature:" + re.sub(rb"(\bb=)[^;]*$", rb"\1", relaxed(own)))
    signed, value = b"".join(lines), base64.b64decode(tags[b"b"])
    if isinstance(key, rsa.RSAPrivateKey):
        key.public_key().verify(value, signed, padding.PKCS1v15(), SHA256())
    else:
        key.public_key().verify(value, hashlib.sha256(signed).digest())


def unfold(head: bytes) -> list[bytes]:
    return re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n")


def relaxed(value: bytes) -> bytes:
    return re.sub(rb"\s+", b" ", value).strip()


def sign(message: bytes, key: Any) -> bytes:
    return signature(message, by=load_signer(key=pem(key), domain="market.example", selector="market")) + message


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["RSA", "Ed25519"])
def test_a_receiver_believes_what_was_signed(key: Any) -> None:
    """Also when a server on the way folds a header anew or takes spaces away."""
    signed = sign(MESSAGE, key)

    verify(signed, key)
    verify(signed.replace(b"coffee,\r\n\tgrade", b"coffee, grade").replace(b"Amara \r\n", b"Amara\r\n"), key)
    assert max(map(len, signed.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["RSA", "Ed25519"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Good day", b"Bad day"),
        (b"grade 1", b"grade 2"),
        (b"From: Market", b"From: Markets"),
        (b"To: amara", b"From: other@example.com\r\nTo: amara"),  # a second sender
    ],
)
def test_a_receiver_does_not_believe_what_was_changed(key: Any, before: bytes, after: bytes) -> None:
    changed = sign(MESSAGE, key).replace(before, after)

    with pytest.raises(InvalidSignature):
        verify(changed, key)


def test_a_body_is_counted_as_the_standard_counts_it() -> None:
    """The example of RFC 8463, appendix A.3."""
    body = b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n\r\n"

    digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())

    assert digest == b"2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    assert relaxed_body(b"\r\n\r\n") == b""


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["RSA", "Ed25519"])
def test_every_mail_is_signed_as_it_arrives(key: Any, catcher: Catcher, settings: Any) -> None:
    """Mails to one person and mails to many, with the button to unsubscribe among what is signed (RFC 8058, 4)."""
    settings.DKIM_KEY, settings.DKIM_DOMAIN = pem(key), "market.example"
    words: dict[str, Any] = {
        "template": "test",
        "language": "en",
        "subject": "Đắk Hòa",
        "text": ".\nChào",
        "html": "<p>Chào</p>",
    }
    queue_message(to="amara@example.com", now=NOW, **words)
    agree(MemberFactory(email="reader@example.com", full_name="Đỗ Thị Ánh"))
    release(write())

    tasks.send_due_mail()
    send_all()

    assert len(catcher.raw) == 2
    for raw in catcher.raw:
        verify(raw, key)
    assert "list-unsubscribe-post" in message_from_bytes(catcher.raw[1])["DKIM-Signature"]


def test_without_a_key_nothing_is_signed(catcher: Catcher) -> None:
    agree(MemberFactory())
    release(write())

    send_all()

    assert catcher.mails[0]["DKIM-Signature"] is None


def test_a_wrong_key_stops_the_outbox_and_ends_no_mail(catcher: Catcher, settings: Any) -> None:
    """Nothing is lost by it, and `manage.py check` says so before."""
    settings.DKIM_KEY = "no key"
    words: dict[str, Any] = {"template": "test", "language": "en", "subject": "x", "text": "y", "html": ""}
    row = queue_message(to="amara@example.com", now=NOW, **words)

    with pytest.raises(UnusableKey):
        tasks.send_due_mail()

    row.refresh_from_db()
    assert (row.state, row.attempts, catcher.mails) == ("pending", 0, [])
    assert [error.id for error in dkim_key_is_one(None)] == ["mailings.E001"]


@pytest.mark.parametrize("key", ["no key", pem(RSA)[:200]])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(UnusableKey):
        load_signer(key=key, domain="market.example", selector="market")
