"""Parts of a real installation are killed while people use it."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, Person
from tests.waiting import eventually

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Running, with everything in it."""
    installation = Installation(Path(tmp_path_factory.mktemp("market")))
    try:
        for name in ("mail", "web", "worker"):
            installation.start(name)
        assert eventually(lambda: answers(installation))
        yield installation
    finally:
        installation.stop()


def answers(market: Installation) -> bool:
    """Whether the site serves."""
    try:
        return Person(market).open("/health/ready") == 200
    except OSError:
        return False


def a_lead(person: Person, *, of_others: bool = True) -> str:
    """The address of a lead on the board that is not the seller's own."""
    person.open("/leads/")
    found = re.search(r'href="(/leads/[^"/]+-[^"/]+/)"', person.page)
    assert found is not None
    return found[1]


def test_people_browse_log_in_and_post_while_redis_is_dead(market: Installation) -> None:
    """The wake-up of the mail is lost with it; the sweep sends it once Redis is back."""
    valkey = market.servers.by_variable["REDIS_URL"]
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    visitor, buyer = Person(market), Person(market)
    try:
        assert visitor.open("/") == 200
        assert visitor.open("/leads/?q=coffee") == 200
        assert buyer.log_in(market.password("buyer")) == 200
        assert buyer.open("/account/") == 200
        assert "Log out" in buyer.page
        words = "Is this still for sale while Redis is dead?"
        lead = a_lead(buyer)
        assert buyer.send(f"{lead}inquire/", message=words, text=words) == 200
        assert words in buyer.page
        assert not any(words in mail for mail in market.mails())
    finally:
        market.servers.restart(valkey)

    assert eventually(lambda: any(words in mail for mail in market.mails()))


def test_a_hung_redis_delays_and_stops_nothing(market: Installation) -> None:
    """It accepts connections and never answers."""
    valkey = market.servers.by_variable["REDIS_URL"]
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        seller = Person(market)
        assert seller.log_in(market.password("seller")) == 200
        assert seller.open("/my/leads/") == 200
    finally:
        os.kill(valkey.pid, signal.SIGCONT)


def test_killing_the_worker_loses_no_mail_and_repeats_none(market: Installation) -> None:
    """The mail waits as a row until a worker lives again."""
    market.kill("worker")
    buyer = Person(market)
    buyer.log_in(market.password("buyer"))
    words = "Please quote two containers, the worker is dead."
    assert buyer.send(f"{a_lead(buyer)}inquire/", message=words, text=words) == 200
    assert not any(words in mail for mail in market.mails())

    market.start("worker")

    assert eventually(lambda: any(words in mail for mail in market.mails()))
    receivers = [re.search(r"X-Envelope-To: (\S+)", mail)[1] for mail in market.mails() if words in mail]  # type: ignore[index]
    assert len(receivers) == len(set(receivers))


def test_a_stopped_postgresql_gives_a_plain_503_and_the_site_recovers_alone(market: Installation) -> None:
    """Nobody restarts the web processes."""
    postgres = market.servers.by_variable["DATABASE_URL"]
    visitor, buyer = Person(market), Person(market)
    assert visitor.open("/leads/") == 200
    assert buyer.log_in(market.password("buyer")) == 200
    postgres.stop()
    try:
        assert visitor.open("/leads/") == 503
        assert "Traceback" not in visitor.page
        assert buyer.open("/leads/") == 503  # found out before the page is begun: who reads it is asked first
        assert visitor.open("/health/ready") == 503
        assert visitor.open("/health/live") == 200
    finally:
        market.servers.restart(postgres)

    assert eventually(lambda: visitor.open("/leads/") == 200)
