"""Signing mail with the domain's key (RFC 6376), relaxed in head and body; with RSA or Ed25519 (RFC 8463).

No maintained library is there that comes built and signs with OpenSSL: those in Python alone take longer for a
signature than everything else about a mail. Receivers check the signature against a key in the DNS: docs/operation.md.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

SIGNED = (  # what a reader sees, and what programs act upon (RFC 6376, 5.4.1; RFC 8058, 4)
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
SPACES, MANY_SPACES = re.compile(rb"[ \t]+"), re.compile(rb"  +")
FOLD = 72


class UnusableKey(ValueError):
    """DKIM_KEY holds no private key that mail can be signed with."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and where its public half is published: <selector>._domainkey.<domain>."""

    key: RSAPrivateKey | Ed25519PrivateKey
    domain: str
    selector: str

    @property
    def algorithm(self) -> str:
        """How the tag `a` of a signature names the kind of key (RFC 6376, 3.5)."""
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """The signature of the SHA-256 of the data (RFC 8463, 3, signs the hash, too)."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(data).digest())


def signed(wire: bytes) -> bytes:
    """The mail with its signature in front, or as it is where no key is configured. Raises UnusableKey."""
    if not settings.DKIM_KEY:
        return wire
    return signature(wire, by=_signer(settings.DKIM_KEY, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR)) + wire


def load_key() -> None:
    """Read the key, so that a wrong one stops the outbox and not the mails in it, one by one. Raises UnusableKey."""
    if settings.DKIM_KEY:
        _signer(settings.DKIM_KEY, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR)


def signature(wire: bytes, *, by: Signer) -> bytes:
    """The header DKIM-Signature of a message in CRLF, dots not yet doubled."""
    head, _empty, body = wire.partition(b"\r\n\r\n")
    fields = _fields(head)
    names = [name for name in SIGNED if name in fields]
    digest = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    signs = ":\r\n\t ".join([*names, "from"])  # one From more than there is: nobody can add another
    tags = f"v=1; a={by.algorithm}; c=relaxed/relaxed;\r\n\td={by.domain};\r\n\ts={by.selector};\r\n\th={signs};\r\n"
    tags += f"\tbh={digest};\r\n\tb="
    own = f"DKIM-Signature: {tags}".encode()
    signing = b"".join(relaxed_field(fields[name]) + b"\r\n" for name in names) + relaxed_field(own)
    value = base64.b64encode(by.sign(signing)).decode()
    folded = "\r\n\t ".join(value[at : at + FOLD] for at in range(0, len(value), FOLD))
    return own + folded.encode() + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Spaces at the ends of lines and empty lines at the end do not count (RFC 6376, 3.4.4)."""
    text = MANY_SPACES.sub(b" ", (body + b"\r\n").replace(b"\t", b" "))
    text = text.replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return text + b"\r\n" if text else b""


def relaxed_field(field: bytes) -> bytes:
    """A header with its name in small letters and its value in one line (RFC 6376, 3.4.2)."""
    name, _colon, value = field.partition(b":")
    return name.strip().lower() + b":" + SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def load_signer(*, key: str, domain: str, selector: str) -> Signer:
    """Make a signer of a private key in PEM. Raises UnusableKey."""
    try:
        loaded = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError) as error:
        message = "no unencrypted private key in PEM"
        raise UnusableKey(message) from error
    if not isinstance(loaded, RSAPrivateKey | Ed25519PrivateKey):
        message = "neither an RSA nor an Ed25519 key"
        raise UnusableKey(message)
    if isinstance(loaded, RSAPrivateKey) and loaded.key_size < 1024:
        message = "an RSA key of fewer than 1,024 bits, which receivers do not believe (RFC 8301)"
        raise UnusableKey(message)
    return Signer(loaded, domain, selector)


@cache
def _signer(key: str, domain: str, selector: str) -> Signer:
    return load_signer(key=key, domain=domain, selector=selector)


def _fields(head: bytes) -> dict[str, bytes]:
    """The last header of each name, folded as it is: the one that a verifier takes first (RFC 6376, 5.4.2)."""
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    return {field.partition(b":")[0].strip().lower().decode("ascii", "replace"): field for field in unfolded}
