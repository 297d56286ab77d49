"""Parts of a real installation are killed while a partner follows the feed and is called by a webhook."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg2
import pytest
import redis

from marketplace.embedded.servers import CHECKOUT
from tests.faults.installation import Installation
from tests.faults.test_dead_servers import answers
from tests.partners.mirroring import example
from tests.partners.receiving import Handler, Receiver, receiver
from tests.waiting import eventually

pytestmark = pytest.mark.long
ISSUE = """
from django.utils import timezone
from accounts.models import CompanyKey, Member
from partners.scopes import OF_MEMBERS
from partners.services.keys import issue_member_key
member = Member.objects.get(email="seller@example.com")
made = issue_member_key(
    member_id=member.pk, name="Our shop", scopes=sorted(OF_MEMBERS), expires_at=None, now=timezone.now()
)
CompanyKey.objects.create(key=made.key, company=member.teams.first().company)
print(made.secret)
"""
RENAME = """
UPDATE offerboard_lead SET title = %s WHERE id =
    (SELECT id FROM offerboard_lead WHERE state = 'published' AND NOT hidden AND now() BETWEEN posted_at AND expires_at
     ORDER BY id OFFSET %s LIMIT 1)
RETURNING slug
"""
KILLS = 6


@dataclass
class Partner:
    """The market, and a program that follows it."""

    market: Installation
    machine: Receiver
    mirror: Any
    secret: str

    def rename(self, title: str, number: int = 0) -> str:
        """Somebody renames a public lead; its address."""
        connection = psycopg2.connect(self.market.environment["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(RENAME, [title, number])
                return str(cursor.fetchone()[0])
        finally:
            connection.close()

    def was_told(self, title: str) -> bool:
        """Whether the webhook brought a lead with this title."""
        return any(title in got.body.decode() for got in list(self.machine.got))

    def call(self, path: str, body: Any = None) -> Any:
        """The API's answer."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.market.address}/api/v1/{path}", data, headers), timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def public(self) -> dict[str, Any]:
        """The public leads, as the API lists them."""
        return {one["id"]: one for one in self.call("leads/?page_size=1000")["results"]}

    def is_exact(self) -> bool:
        """Whether the copy has what the list has, once it has caught up."""
        self.mirror.sync()
        return bool(self.mirror.things("lead") == self.public())


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Partner]:
    """Running, with a copy and a webhook."""
    market = Installation(Path(tmp_path_factory.mktemp("market")))
    try:
        issue = [sys.executable, "manage.py", "shell", "-v0", "-c", ISSUE]
        done = subprocess.run(issue, cwd=CHECKOUT, env=market.environment, check=True, capture_output=True, text=True)
        secret = done.stdout.split()[-1]
        for name in ("web", "worker", "webhooks"):
            market.start(name)
        assert eventually(lambda: answers(market))
        mirror = example().Mirror(market.address, secret, str(market.state / "mirror.sqlite"))
        with receiver() as machine:
            following = Partner(market, machine, mirror, secret)
            following.call("webhooks/", {"url": machine.url, "kinds": ["lead"]})
            assert following.is_exact()
            yield following
    finally:
        market.stop()


def slow_answer(handler: Handler) -> None:
    """So that kills find somebody at work."""
    time.sleep(0.3)
    handler.answer(204)


def test_while_redis_is_dead_readers_miss_nothing_and_webhooks_follow_when_it_is_back(partner: Partner) -> None:
    """Nothing wakes the worker; the sweep finds the message."""
    valkey = partner.market.servers.by_variable["REDIS_URL"]
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    try:
        lead = partner.rename("Renamed while Redis is dead")
        partner.mirror.sync()
        read = partner.mirror.things("lead")[lead]["title"]
        was_exact = partner.is_exact()
    finally:
        partner.market.servers.restart(valkey)

    assert (read, was_exact) == ("Renamed while Redis is dead", True)
    assert eventually(lambda: partner.was_told("Renamed while Redis is dead"), seconds=120)


def test_a_redis_that_forgets_everything_again_and_again_keeps_no_webhook_from_going(partner: Partner) -> None:
    """Wake-ups, allowances and all."""
    titles = [f"Renamed while Redis forgets {number}" for number in range(5)]
    with redis.Redis.from_url(partner.market.environment["REDIS_URL"]) as client:
        for number, title in enumerate(titles):
            partner.rename(title, number)
            partner.call("leads/?page_size=1")
            client.flushall()

    assert eventually(lambda: all(map(partner.was_told, titles)), seconds=120)
    assert partner.is_exact()


def test_workers_that_are_killed_again_and_again_lose_nothing_and_keep_the_order(partner: Partner) -> None:
    """What comes twice bears the same id, and stretches come in their order."""
    chance = random.Random(7)  # noqa: S311 - so that a run can be repeated
    begun = len(partner.machine.got)
    partner.machine.answers = slow_answer
    titles = [f"Renamed while workers die {number}" for number in range(KILLS)]
    for number, title in enumerate(titles):
        partner.rename(title, number)
        time.sleep(chance.uniform(0, 8))
        partner.market.kill("webhooks")
        partner.market.start("webhooks")

    assert eventually(lambda: all(map(partner.was_told, titles)), seconds=400)  # a lease for each death, at worst
    told = [(got.headers["webhook-id"], json.loads(got.body)["data"]["next"]) for got in partner.machine.got[begun:]]
    assert len(set(told)) == len({name for name, _next in told})
    first = [name for place, (name, _next) in enumerate(told) if name not in {one for one, _ in told[:place]}]
    assert [name for place, (name, _) in enumerate(told) if place == 0 or told[place - 1][0] != name] == first
    assert partner.is_exact()


def test_a_postgresql_that_is_restarted_loses_no_change_and_no_message(partner: Partner) -> None:
    """Web, sequencer and workers find it again by themselves."""
    postgres = partner.market.servers.by_variable["DATABASE_URL"]
    titles = [f"Renamed around a restart {number}" for number in range(3)]
    for number, title in enumerate(titles):
        partner.rename(title, number)
        postgres.stop()
        partner.market.servers.restart(postgres)
    assert eventually(lambda: answers(partner.market))

    assert eventually(lambda: all(map(partner.was_told, titles)), seconds=180)
    assert partner.is_exact()
