"""The example mirror, woken by a webhook: through real deliveries, by nobody who does not know the secret."""

import base64
import hashlib
import hmac
import http.client
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from offerboard.models import Lead
from partners import delivery
from partners.delivery import posting
from partners.models import WebhookDelivery
from partners.numbering import number_changes
from partners.services import webhooks as services
from tests.factories import LeadFactory
from tests.partners.calling import partner_caller
from tests.partners.mirroring import EXAMPLE, example, mirrored, whole
from tests.partners.receiving import Receiver
from tests.ports import own_port
from tests.waiting import eventually, whoever_comes_is_gone_after

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Listening:
    """A mirror that runs beside the test and looks only when it is called."""

    port: int
    secret: str
    file: Path

    def is_exact(self) -> bool:
        """Whether what it has written down is what is public."""
        copy = example().Mirror("", "", str(self.file))
        try:
            return mirrored(copy) == whole()
        finally:
            copy.database.close()

    def has_looked(self) -> bool:
        """Whether its first look is over. Until then it may find by itself what it is not called for."""
        copy = sqlite3.connect(self.file)
        try:
            return copy.execute("SELECT 1 FROM note WHERE name = 'looked'").fetchone() is not None
        except sqlite3.OperationalError:  # it is still making its tables
            return False
        finally:
            copy.close()

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of its answer to anybody."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def listening(
    live_server: LiveServer, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listening]:
    """In the end the market has answered all that it was asked: the tables are emptied when nobody is at them."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(posting, "DEADLINE", 120.0)
    caller, port = partner_caller(), own_port()
    made = services.create_webhook(key=caller.key, url=f"http://127.0.0.1:{port}/", kinds=["lead"], now=timezone.now())
    key, secret, file = tmp_path / "key.txt", tmp_path / "secret.txt", tmp_path / "mirror.sqlite"
    key.write_text(caller.secret)
    secret.write_text(f"{made.secret}\n")
    public_lead()
    command = [sys.executable, str(EXAMPLE), live_server.url, str(key), str(file)]
    process = subprocess.Popen([*command, "--listen", str(port), "--secret", str(secret)], stderr=subprocess.DEVNULL)
    mirror = Listening(port, made.secret, file)
    with whoever_comes_is_gone_after():
        try:
            assert eventually(mirror.has_looked)
            assert mirror.is_exact()
            yield mirror
        finally:
            process.kill()
            process.wait()


def public_lead() -> Lead:
    now = timezone.now()
    lead: Lead = LeadFactory(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=29))
    number_changes(now=now)
    return lead


def signed(body: bytes, *, secret: str, at: float) -> dict[str, str]:
    """The headers of a message, as the standard has them."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_1.{int(at)}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at)), "webhook-signature": signature}


def test_a_webhook_wakes_the_mirror_which_then_has_everything(listening: Listening) -> None:
    """Also what the webhook is not told of."""
    lead = public_lead()
    before = listening.is_exact()
    delivery.send_due()

    assert not before
    assert WebhookDelivery.objects.values_list("state", "last_status").get() == ("delivered", 204)
    assert eventually(listening.is_exact)
    assert lead.slug in whole()["lead"]


def test_a_message_that_comes_twice_changes_nothing(listening: Listening) -> None:
    public_lead()
    body = b"{}"
    headers = signed(body, secret=listening.secret, at=time.time())

    assert [listening.post(body, headers) for _time in range(2)] == [204, 204]
    assert eventually(listening.is_exact)


OTHER_SECRET = "whsec_" + base64.b64encode(b"x" * 24).decode()


@pytest.mark.parametrize(
    ("status", "secret", "late", "body"),
    [
        (401, OTHER_SECRET, 0, b"{}"),
        (401, "", 301, b"{}"),
        (401, "", -360, b"{}"),  # by the time that it is read, the moment has come nearer
        (401, "", 0, b"{ }"),
        (204, "", 240, b"{}"),
    ],
    ids=["another secret", "too old", "of the future", "another body", "four minutes old"],
)
def test_who_is_let_in(listening: Listening, status: int, secret: str, late: float, body: bytes) -> None:
    """And the copy stays as it was where nobody is."""
    public_lead()
    headers = signed(b"{}", secret=secret or listening.secret, at=time.time() - late)

    assert listening.post(body, headers) == status
    assert eventually(listening.is_exact, seconds=120 if status == 204 else 1) == (status == 204)


def test_a_call_without_a_signature_is_refused(listening: Listening) -> None:
    public_lead()

    assert listening.post(b"{}", {}) == 401
    assert not eventually(listening.is_exact, seconds=1)


def test_while_a_secret_is_changed_one_of_two_signatures_is_enough() -> None:
    module, now = example(), time.time()
    headers = signed(b"{}", secret=OTHER_SECRET, at=now)
    both = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}

    assert module.is_genuine(both, b"{}", secret=OTHER_SECRET, now=now)
    assert not module.is_genuine(both, b"{}", secret="whsec_AAAA", now=now)


# --- a market that is away


class Enough(Exception):
    """The test has seen what it waited for."""


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the example has slept, without sleeping."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 20:
            raise Enough

    monkeypatch.setattr(time, "sleep", sleep)
    return slept


def run(market: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    """The example from the command line, in this process."""
    (folder / "key.txt").write_text("mk_any")
    monkeypatch.setattr(sys, "argv", ["mirror.py", market, str(folder / "key.txt"), str(folder / "m.sqlite"), *options])
    example().main()


def with_status(status: int, **headers: str) -> Any:
    return lambda handler: handler.answer(status, b"Away", **headers)


@pytest.mark.parametrize("status", [429, 500, 503, 507])
def test_who_follows_waits_longer_and_longer_for_a_market_that_is_away(
    machine: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float], status: int
) -> None:
    """Four pauses between five attempts, and then one that grows from look to look."""
    machine.answers = with_status(status)
    with pytest.raises(Enough):
        run(f"http://127.0.0.1:{machine.port}", tmp_path, monkeypatch, "--every", "60")

    assert waits == [seconds for look in range(4) for seconds in (1, 2, 4, 8, 2**look)]


@pytest.mark.parametrize(
    ("asked", "first", "between"), [("7", 7, 8), ("Fri, 31 Dec 9999 23:59:59 GMT", 10**9, 10**9), ("soon", 1, 1)]
)
def test_it_waits_as_long_as_the_market_asks_for(
    machine: Receiver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    asked: str,
    first: float,
    between: float,
) -> None:
    """In seconds or until a moment; a long wait is one wait."""
    machine.answers = with_status(503, **{"Retry-After": asked})
    with pytest.raises(Enough):
        run(f"http://127.0.0.1:{machine.port}", tmp_path, monkeypatch, "--every", "60")

    assert waits[0] >= first
    assert len({one.path for one in machine.got}) == 1
    assert max(waits) >= between


def test_what_waiting_does_not_help_ends_it(
    machine: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    """Such as a key that is not known; and one look for itself ends with what the market said."""
    address = f"http://127.0.0.1:{machine.port}"
    machine.answers = with_status(401)
    with pytest.raises(SystemExit, match="401 Away"):
        run(address, tmp_path, monkeypatch, "--every", "60")
    machine.answers = with_status(503)
    with pytest.raises(SystemExit, match="503 Away"):
        run(address, tmp_path, monkeypatch)

    assert waits == [1, 2, 4, 8]
