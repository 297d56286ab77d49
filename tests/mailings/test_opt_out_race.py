"""Readers who say no while the campaign is being sent: what the page says is true."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mailings.models import Campaign
from mailings.selectors.readers import address_of
from mailings.services import campaigns as services
from mailings.stopping import opting_out
from mailings.stopping.unsubscribe_links import unsubscribe_link
from privacy.services.consent import consent_key
from tests.factories import MemberFactory
from tests.mailings.campaigning import agree, ends, figures, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies", "sender")]
READERS, WORKERS = 60, 3
SAID = "We send you no more of"


def now_release(**changes: Any) -> Campaign:
    """Released at the time that it is."""
    return release(write(**changes), at=timezone.now(), now=timezone.now())


def press(reader: Any) -> str:
    """The page after the button; in a browser of its own."""
    try:
        link = unsubscribe_link(reader, "newsletter", address_of(reader) or "").removeprefix("http://localhost:8000")
        return Client().post(link, {"List-Unsubscribe": "One-Click"}).content.decode()
    finally:
        connection.close()


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """With a connection of its own."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


@pytest.mark.promise("unsubscribed-at-once")
def test_a_no_before_the_dot_is_quicker(catcher: Catcher) -> None:
    """The mail has been streamed, the reader says no, and the dot never comes."""
    reader = agree(MemberFactory(email="late@example.com"))
    campaign = now_release()
    pages: list[str] = []

    def say_no(_address: str) -> None:
        if not pages:
            pages.append(press(consent_key(member=reader)))

    catcher.on_recipient = say_no
    send_all()

    assert SAID in pages[0]
    assert (catcher.mails, ends(campaign)) == ([], {"late@example.com": "suppressed"})
    assert figures(campaign) == {"audience": 1, "suppressed": 1}


@pytest.mark.promise("unsubscribed-at-once")
def test_a_no_after_the_dot_waits_for_its_answer(catcher: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page speaks when the mail has arrived: none comes after it."""
    monkeypatch.setattr(opting_out, "AWAITED", 60.0)
    reader = agree(MemberFactory(email="late@example.com"))
    campaign = now_release()
    at_dot, arrived = threading.Event(), []

    def take_long(_address: str) -> None:
        at_dot.set()
        time.sleep(1)
        arrived.append(time.monotonic())

    catcher.on_dot = take_long
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(in_thread(send_all))
        assert at_dot.wait(120)
        page = press(consent_key(member=reader))
        said = time.monotonic()
        sending.result(120)

    assert SAID in page
    assert arrived[0] < said
    assert ends(campaign) == {"late@example.com": "sent"}


def test_a_server_that_takes_too_long_is_told_of(catcher: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told that no mail comes while one may."""
    monkeypatch.setattr(opting_out, "AWAITED", 0.3)
    reader = agree(MemberFactory(email="late@example.com"))
    now_release()
    at_dot, go_on = threading.Event(), threading.Event()

    def take_long(_address: str) -> None:
        at_dot.set()
        go_on.wait(120)

    catcher.on_dot = take_long
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(in_thread(send_all))
        assert at_dot.wait(120)
        page = press(consent_key(member=reader))
        go_on.set()
        sending.result(120)

    assert SAID not in page
    assert "may still arrive" in page


def test_a_pause_holds_back_what_is_being_streamed(catcher: Catcher) -> None:
    """Its dot never comes, and it goes out once, later."""
    agree(MemberFactory(email="yes@example.com"))
    campaign = now_release()

    def pause(_address: str) -> None:
        try:
            services.pause_campaign(campaign=campaign)
        finally:
            connection.close()

    catcher.on_recipient = pause
    send_all()
    while_paused = (fresh(campaign).state, len(catcher.mails), ends(campaign))
    catcher.on_recipient = lambda _address: None
    services.resume_campaign(campaign=campaign)
    campaign.deliveries.update(not_before=timezone.now() - timedelta(seconds=1))
    send_all()

    assert while_paused == ("paused", 0, {"yes@example.com": "pending"})
    assert (catcher.recipients, figures(campaign)) == (["yes@example.com"], {"audience": 1, "sent": 1})


@pytest.mark.promise("unsubscribed-at-once")
def test_no_mail_arrives_after_the_page_has_said_so(catcher: Catcher) -> None:
    """Many readers, some workers, and half of the readers pressing the button meanwhile."""
    readers = {f"reader{number}@example.org": subscriber(f"reader{number}@example.org") for number in range(READERS)}
    campaign = now_release()
    arrived: dict[str, float] = {}
    chance = random.Random(7)  # noqa: S311 - the same in each run
    early, *leaving = chance.sample(sorted(readers), READERS // 2)
    early_pages: list[str] = []

    def press_before_the_dot(address: str) -> None:
        """However fast the workers are, one reader is faster."""
        if address == early:
            early_pages.append(press(readers[early].key))

    def note(address: str) -> None:
        time.sleep(0.005)
        arrived[address] = time.monotonic()

    catcher.on_recipient, catcher.on_dot = press_before_the_dot, note

    def leave(address: str) -> tuple[str, str, float]:
        time.sleep(chance.random() / 2)
        page = press(readers[address].key)
        return address, page, time.monotonic()

    with ThreadPoolExecutor(WORKERS + 4) as pool:
        workers = [pool.submit(in_thread(send_all)) for _worker in range(WORKERS)]
        left = list(pool.map(leave, leaving))
        for worker in workers:
            worker.result(120)
    send_all()

    too_late = [address for address, page, said in left if SAID in page and arrived.get(address, 0) > said]
    assert too_late == []
    assert (SAID in early_pages[0], ends(campaign)[early], early in catcher.recipients) == (True, "suppressed", False)
    assert set(ends(campaign).values()) == {"sent", "suppressed"}
    assert len(catcher.recipients) == len(set(catcher.recipients))
    assert set(readers) - {early, *leaving} <= set(catcher.recipients)
