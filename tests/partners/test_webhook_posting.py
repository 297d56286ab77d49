"""Where messages may go and how long that may take: a canary listens where none may arrive."""

import datetime
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from partners.checks import trusted_entries_can_be_read
from partners.delivery import connecting, posting
from partners.delivery.posting import Outcome, post
from partners.delivery.trusted import read_entry
from tests.partners.receiving import Handler, Names, Receiver, receiver
from tests.ports import deaf_port

NOT_CALLED = "the name leads to an address that is not called"


@pytest.fixture
def canary() -> Iterator[Receiver]:
    """It listens at 127.0.0.1, which is not allowed unless a test says so."""
    with receiver() as server:
        yield server


@pytest.fixture
def trusts_second_loopback(settings: Any) -> None:
    """127.0.0.2 stands for the public internet, with http and at any port."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.2/32"]


def send(url: str, *names: list[str]) -> Outcome:
    """With a resolver that gives these answers one after the other, or the system's own."""
    more = {"look_up": Names(list(names))} if names else {}
    return post(url, body=b"{}", headers={"webhook-id": "1"}, **more)


# --- what the canary sees


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["::ffff:127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "::1"]],
)
def test_a_public_name_that_leads_to_loopback_is_not_called(
    canary: Receiver, trusts_second_loopback: None, answers: list[str]
) -> None:
    """Also where only one of several answers does; then the others are not called either."""
    with receiver("127.0.0.2", canary.port) as allowed:
        outcome = send(f"http://hooks.example.com:{canary.port}/", answers)

    assert (outcome.status, outcome.error, canary.calls, allowed.calls) == (None, NOT_CALLED, 0, 0)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"])
def test_spellings_of_loopback_are_not_called_whatever_the_row_says(
    canary: Receiver, trusts_second_loopback: None, host: str
) -> None:
    """With the system's own resolver, which would understand all of them."""
    outcome = send(f"http://{host}:{canary.port}/")

    assert (outcome.status, canary.calls) == (None, 0)
    assert outcome.error


def test_a_name_is_asked_once_and_its_second_answer_counts_for_nothing(
    canary: Receiver, trusts_second_loopback: None
) -> None:
    """Rebinding: allowed when it is looked at, loopback when it is connected to."""
    names = Names([["127.0.0.2"], ["127.0.0.1"]])
    with receiver("127.0.0.2", canary.port) as allowed:
        outcome = post(f"http://hooks.example.com:{canary.port}/", body=b"{}", headers={}, look_up=names)

    assert (outcome.status, len(allowed.got), canary.calls, names.asked) == (204, 1, 0, ["hooks.example.com"])
    assert allowed.got[0].headers["host"] == f"hooks.example.com:{canary.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(canary: Receiver, trusts_second_loopback: None, status: int) -> None:
    with receiver("127.0.0.2") as allowed:
        allowed.answers = lambda handler: handler.answer(status, Location=canary.url)
        outcome = send(allowed.url)

    assert (outcome.status, outcome.error, canary.calls) == (status, "redirects are not followed", 0)


def test_proxies_of_the_environment_are_not_used(
    canary: Receiver, trusts_second_loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    with receiver("127.0.0.2") as allowed:
        outcome = send(allowed.url)

    assert (outcome.status, canary.calls) == (204, 0)


def test_http_goes_to_trusted_networks_only(trusts_second_loopback: None) -> None:
    assert send("http://hooks.example.com/", ["93.184.216.34"]).error == NOT_CALLED


def test_the_setting_is_empty_for_a_real_installation(canary: Receiver) -> None:
    """Nothing but the public internet, by https."""
    outcome = send(canary.url)

    assert (outcome.error, canary.calls) == ("the address must begin with https://", 0)


# --- what the operator trusts


@pytest.mark.parametrize(
    ("entry", "is_open"),
    [
        ("127.0.0.1", True),
        ("127.0.0.0/8", True),
        ("127.0.0.1:{port}", True),
        ("127.0.0.0/8:{port}", True),
        ("Hooks.internal:{port}", True),
        ("hooks.internal", True),
        ("127.0.0.1:1", False),
        ("127.0.0.0/8:443", False),
        ("hooks.internal:443", False),
        ("other.internal:{port}", False),
        ("[::1]:{port}", False),
        ("10.0.0.0/8:{port}", False),
    ],
)
def test_an_entry_opens_its_port_and_no_other(canary: Receiver, settings: Any, entry: str, is_open: bool) -> None:
    settings.WEBHOOK_NETWORKS = [entry.format(port=canary.port)]

    outcome = send(f"http://hooks.internal:{canary.port}/", ["127.0.0.1"])

    assert (outcome.status, canary.calls) == ((204, 1) if is_open else (None, 0))


@pytest.mark.parametrize("entry", ["::1", "::1/128", "[::1]", "[::1]:8443", "[fd00::/8]:443", "hooks.internal:1"])
def test_entries_are_networks_and_names(entry: str) -> None:
    port = read_entry(entry).port

    assert port == (int(entry.rpartition(":")[2]) if "]:" in entry or "internal" in entry else None)


@pytest.mark.parametrize(
    "entry",
    ["", "*", ":80", "10.0.0.1/8", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:x", "fd00::/8:80", "a b"],
)
def test_an_entry_that_says_nothing_is_found_before_anything_is_sent(settings: Any, entry: str) -> None:
    settings.WEBHOOK_NETWORKS = ["10.0.0.1:443", entry]

    assert [one.id for one in trusted_entries_can_be_read(None)] == ["partners.E001"]


# --- how long, and how much

LONG = 60.0  # seconds: much more than the deadlines of tests, and much less than what is cut would take


def timed(call: Callable[[], Outcome]) -> tuple[Outcome, float]:
    """Its outcome, and how long it took."""
    began = time.monotonic()
    return call(), time.monotonic() - began


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that tests can wait for. What it cuts would go on for minutes."""
    monkeypatch.setattr(posting, "DEADLINE", 0.6)


@pytest.fixture
def over() -> Iterator[Event]:
    """What those wait for who say nothing."""
    event = Event()
    yield event
    event.set()


def drip_head(handler: Handler) -> None:
    """One letter of the headers after the other, each long before any timeout of its own."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    drip(handler, b"x")


def drip_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 500 No\r\nContent-Length: 10000\r\n\r\n")
    drip(handler, b"x")


def continue_for_ever(handler: Handler) -> None:
    drip(handler, b"HTTP/1.1 100 Continue\r\n\r\n")


def drip(handler: Handler, what: bytes) -> None:
    """For five minutes, or until nobody listens."""
    for _time in range(6_000):
        handler.wfile.write(what)
        time.sleep(0.05)


@pytest.mark.parametrize("answers", [drip_head, continue_for_ever])
def test_an_answer_that_drips_is_cut_at_the_deadline(trusts_second_loopback: None, hurry: None, answers: Any) -> None:
    with receiver("127.0.0.2") as slow:
        slow.answers = answers
        outcome, seconds = timed(lambda: send(slow.url))

    assert (outcome.status, outcome.error) == (None, "no answer within 1 seconds")
    assert seconds < LONG


def test_silence_is_cut_at_the_deadline(trusts_second_loopback: None, hurry: None, over: Event) -> None:
    def say_nothing(_handler: Handler) -> None:
        over.wait(300)

    with receiver("127.0.0.2") as silent:
        silent.answers = say_nothing
        outcome, seconds = timed(lambda: send(silent.url))

    assert (outcome.status, outcome.error) == (None, "no answer within 1 seconds")
    assert seconds < LONG


def test_of_a_refusal_whose_body_drips_the_status_counts(
    trusts_second_loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a deadline before which the head has arrived on a busy machine too."""
    monkeypatch.setattr(posting, "DEADLINE", 5.0)
    with receiver("127.0.0.2") as slow:
        slow.answers = drip_body
        outcome, seconds = timed(lambda: send(slow.url))

    assert (outcome.status, seconds < LONG) == (500, True)


def test_a_body_without_end_is_read_for_some_kilobytes(trusts_second_loopback: None) -> None:
    sent = []

    def flood(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n")
        for _block in range(10_000):
            handler.wfile.write(b"x" * 65_536)
            sent.append(65_536)

    with receiver("127.0.0.2") as flooding:
        flooding.answers = flood
        outcome = send(flooding.url)

    assert (outcome.status, outcome.error) == (500, "x" * 120)
    assert sum(sent) < 50_000_000


def test_headers_without_end_are_cut(trusts_second_loopback: None) -> None:
    def flood(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            handler.wfile.write(b"X-%d: y\r\n" % number)

    with receiver("127.0.0.2") as flooding:
        flooding.answers = flood
        outcome = send(flooding.url)

    assert (outcome.status, outcome.error) == (None, "no answer that can be read (HTTPException)")


def test_a_resolver_that_hangs_is_not_waited_for(trusts_second_loopback: None, hurry: None, over: Event) -> None:
    def hangs(*args: Any, **options: Any) -> list[Any]:
        over.wait(300)
        return []

    outcome, seconds = timed(lambda: post("http://hooks.example.com/", body=b"", headers={}, look_up=hangs))

    assert (outcome.status, seconds < LONG) == (None, True)


def test_what_a_refusal_says_is_shown_short_and_printable(trusts_second_loopback: None) -> None:
    said = b"<b>No\x00\x1b[31m such\r\n\thook</b> \xff\xe2\x80\xae" + b"y" * 5000
    with receiver("127.0.0.2") as refusing:
        refusing.answers = lambda handler: handler.answer(404, said)
        outcome = send(refusing.url)

    assert outcome.error.startswith("<b>No [31m such hook</b> ")
    assert (len(outcome.error), outcome.error.isprintable()) == (120, True)


def test_nobody_at_home_is_said_so(trusts_second_loopback: None) -> None:
    with deaf_port("127.0.0.2") as port:
        outcome = send(f"http://127.0.0.2:{port}/hook")

    assert outcome.error == "nothing answers there"
    assert send("http://hooks.example.com/", []).error == "the name of the host leads nowhere"


# --- TLS


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A certificate for hooks.example.com, signed by an authority that this machine trusts for now."""
    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Tests", "Hooks"))
    today = datetime.datetime.now(datetime.UTC)

    def certificate(name: x509.Name, of: Any, extension: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(of.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(today)
        builder = builder.not_valid_after(today + datetime.timedelta(days=1))
        return builder.add_extension(extension, critical=False).sign(issuer_key, hashes.SHA256())

    names = x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")])
    pem = serialization.Encoding.PEM
    trusted, chain = tmp_path / "trusted.pem", tmp_path / "chain.pem"
    root = certificate(issuer, issuer_key, x509.BasicConstraints(ca=True, path_length=None))
    trusted.write_bytes(root.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(secret + certificate(subject, key, names).public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    connecting.trusted.cache_clear()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    yield server
    connecting.trusted.cache_clear()


def test_the_certificate_has_to_hold_for_the_name_and_the_name_is_told(
    authority: ssl.SSLContext, trusts_second_loopback: None
) -> None:
    """SNI, certificate and Host are the name’s, the connection is the address’s."""
    told: list[str | None] = []
    authority.sni_callback = lambda sock, name, context: told.append(name)
    with receiver("127.0.0.2", tls=authority) as secure:
        taken = send(f"https://hooks.example.com:{secure.port}/x", ["127.0.0.2"])
        refused = send(f"https://other.example.com:{secure.port}/x", ["127.0.0.2"])
        arrived = [one.headers["host"] for one in secure.got]

    assert (taken.status, told, arrived) == (
        204,
        ["hooks.example.com", "other.example.com"],
        [f"hooks.example.com:{secure.port}"],
    )
    assert refused.status is None
    assert refused.error.startswith("the certificate does not hold: Hostname mismatch")


def test_a_certificate_that_nobody_trusts_is_refused(
    authority: ssl.SSLContext, trusts_second_loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    connecting.trusted.cache_clear()
    with receiver("127.0.0.2", tls=authority) as secure:
        outcome = send(f"https://hooks.example.com:{secure.port}/x", ["127.0.0.2"])

    assert (outcome.status, secure.got) == (None, [])
    assert outcome.error.startswith("the certificate does not hold")


def test_a_handshake_that_never_ends_is_cut(trusts_second_loopback: None, hurry: None) -> None:
    """TLS spoken to somebody who takes the call and says nothing."""
    with socket.create_server(("127.0.0.2", 0)) as silent:
        address = f"https://hooks.example.com:{silent.getsockname()[1]}/"
        outcome, seconds = timed(lambda: send(address, ["127.0.0.2"]))

    assert (outcome.status, outcome.error) == (None, "no answer within 1 seconds")
    assert seconds < LONG
