"""One POST to somebody else's machine, which may be slow, broken or hostile: it ends in time and tells little.

The name is looked up once, and the connection goes to an address that was looked at: whatever the name says a moment
later is not asked. The name still stands in SNI, in the check of the certificate and in Host. Nothing is followed, no
proxy of the environment is used, and a watchdog cuts the connection at the deadline, wherever it is by then.
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPException

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from partners.delivery.connecting import NoConnection, connected
from partners.delivery.public_addresses import LookUp, NoSuchName, NotPublic, addresses_of, is_public, read_called
from partners.delivery.targets import BadAddress, Target

DEADLINE = 10.0  # seconds, from looking up the name to the answer
READ = 2_000  # bytes of an answer that is no success
SHOWN = 120  # characters of it
BUSY = (429, 503)
SECONDS = re.compile(r"[0-9]{1,9}")
NO_SUCCESS = "no success"

KNOWN: Mapping[type[Exception], str] = {
    NotPublic: "the name leads to an address that is not called",
    NoSuchName: "the name of the host leads nowhere",
    NoConnection: "nothing answers there",
}
FAILURES: tuple[type[Exception], ...] = (*KNOWN, OSError, HTTPException, HTTPError, ValueError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went. Where nothing answered, `status` is None."""

    status: int | None
    error: str  # in a sentence without its full stop; "" for a success
    took_ms: int
    retry_after: timedelta | None = None  # what it asks for where it is too busy
    is_inside: bool = False  # whether it stands in a network of the operator's, where not everybody gets

    @property
    def is_taken(self) -> bool:
        """Whether the receiver says that it has the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it never wants any again."""
        return self.status == 410


def post(url: str, *, body: bytes, headers: Mapping[str, str], look_up: LookUp = socket.getaddrinfo) -> Outcome:
    """Send it. Raises nothing that a receiver could cause."""
    began = time.monotonic()
    outcome = _try(url, body, headers, until=began + DEADLINE, look_up=look_up)
    return replace(outcome, took_ms=round((time.monotonic() - began) * 1000))


def _try(url: str, body: bytes, headers: Mapping[str, str], *, until: float, look_up: LookUp) -> Outcome:
    try:
        target = read_called(url)
        addresses = addresses_of(target, until=until, look_up=look_up)
        with connected(addresses, target, until=until) as connection:
            outcome = _exchange(connection, target, body, headers, until=until)
        return replace(outcome, is_inside=not all(map(is_public, addresses)))
    except FAILURES as error:
        return Outcome(None, _words(error, is_late=time.monotonic() >= until or isinstance(error, TimeoutError)), 0)


def _words(error: Exception, *, is_late: bool) -> str:
    """What the holder reads. Of what a library says about somebody else's machine only the kind of fault."""
    if isinstance(error, BadAddress):
        return f"the address {error}".rstrip(".")
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate does not hold: {shortened(error.verify_message)}"
    if is_late:
        return f"no answer within {DEADLINE:.0f} seconds"
    return KNOWN.get(type(error), f"no answer that can be read ({type(error).__name__})")


def _exchange(
    connection: HTTPConnection, target: Target, body: bytes, headers: Mapping[str, str], *, until: float
) -> Outcome:
    """Of a success only the head is read; one that was cut off at the deadline is no answer."""
    connection.request("POST", target.path, body=body, headers=headers, preload_content=False)
    response = connection.getresponse()
    if time.monotonic() >= until:
        raise TimeoutError
    status = response.status
    if 200 <= status < 300:
        return Outcome(status, "", 0)
    if 300 <= status < 400:
        return Outcome(status, "redirects are not followed", 0)
    try:
        said = response.read(READ, decode_content=False)
    except (OSError, HTTPException, HTTPError):
        said = b""  # the status counts
    asked = response.headers.get("Retry-After", "") if status in BUSY else ""
    return Outcome(status, shortened(said.decode("utf-8", errors="replace")) or NO_SUCCESS, 0, read_wait(asked))


def read_wait(text: str) -> timedelta | None:
    """`Retry-After` in seconds (RFC 9110, 10.2.3); a date, which needs two clocks that agree, is passed over."""
    return timedelta(seconds=int(text)) if SECONDS.fullmatch(text) else None


def shortened(text: str) -> str:
    """What somebody else's machine says, as one short line without anything that does not print."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:SHOWN]
