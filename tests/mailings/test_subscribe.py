"""Subscribing without an account: the mailbox says yes, not whoever typed its address."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from mailings import tasks
from mailings.models import Delivery, Subscriber, SubscriptionWish
from mailings.stopping.unsubscribe_links import unsubscribe_link
from mailings.subscription_links import SALT
from privacy.consents import Channel
from privacy.cookieless import shared_token
from privacy.models import ConsentEvent, Suppression
from privacy.selectors.consents import says_yes_to
from privacy.selectors.suppression import is_suppressed
from privacy.services.consent import consent_key
from privacy.services.suppression import suppress
from privacy.signed_links import signed_link
from privacy.sweeping.running import sweep
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import answer, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.subscribing import PAGE, ask, link, press, say_yes
from tests.privacy.publishing import knew_less_before
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Links are made at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.promise("subscribed-by-the-mailbox")
def test_nothing_is_sent_before_the_mailbox_says_yes(client: Client, catcher: Catcher) -> None:
    """And then what was chosen, and nothing else."""
    ask(client, "reader@example.org", "newsletter", "events")
    release(write())
    send_all()
    before = (list(catcher.recipients), Subscriber.objects.count(), ConsentEvent.objects.count())

    say_yes(client)
    release(write())
    release(write(topic="product_updates"))
    send_all()

    assert before == ([], 0, 0)
    assert [str(mail["Subject"]) for mail in catcher.mails] == ["News of November"]
    key = Subscriber.objects.get().key
    assert says_yes_to(subject=key, purposes=["newsletter", "events", "product_updates"], channel=Channel.EMAIL) == {
        "newsletter",
        "events",
    }
    assert set(ConsentEvent.objects.values_list("method", "words__language")) == {("link", "en")}


@pytest.mark.promise("get-changes-nothing")
def test_a_scanner_that_opens_the_link_says_nothing(client: Client) -> None:
    ask(client)

    page = client.get(link())

    assert "Yes, send it to me" in page.content.decode()
    assert (Subscriber.objects.count(), SubscriptionWish.objects.count()) == (0, 1)


def test_no_topic_is_chosen_beforehand(client: Client) -> None:
    """A box that is ticked already is no consent (Court of Justice of the EU, C-673/17)."""
    page = client.get(PAGE).content.decode()

    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*name="topics"[^>]*>', page)
    assert len(boxes) == 4
    assert not any("checked" in box for box in boxes)


def test_without_a_topic_the_page_says_so_and_keeps_the_address(client: Client) -> None:
    typed = {"form_token": shared_token("subscribe"), "email": "reader@example.org", "language": "en"}
    page = client.post(PAGE, typed).content.decode()

    assert "Choose at least one." in page
    assert 'value="reader@example.org"' in page
    assert SubscriptionWish.objects.count() == 0


def test_a_members_address_gets_the_same_answer_and_the_members_own_key(client: Client) -> None:
    """Nobody learns who is a member here; the member finds the yes in the privacy centre."""
    member = MemberFactory(email="amara@example.com")
    known, unknown = ask(client, "Amara@example.com"), ask(Client(), "reader@example.org")
    SubscriptionWish.objects.exclude(email="amara@example.com").delete()

    say_yes(client)

    assert known.replace("Amara@example.com", "") == unknown.replace("reader@example.org", "")
    assert Subscriber.objects.count() == 0
    key = consent_key(member=member)
    assert says_yes_to(subject=key, purposes=["newsletter"], channel=Channel.EMAIL) == {"newsletter"}


@pytest.mark.parametrize("reasons", [["removed"], ["erased"], ["complained"], ["bounced", "complained"]])
def test_an_address_that_asked_to_be_left_alone_is_not_written_to(client: Client, reasons: list[str]) -> None:
    """Whoever types it."""
    for reason in reasons:
        suppress(kind="email", value="reader@example.org", reason=Suppression.Reason(reason), now=NOW)

    page = ask(client)

    assert "Please look into your mailbox" in page
    assert Delivery.objects.count() == 0
    assert is_suppressed("email", "reader@example.org")


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_from_which_mail_came_back_is_asked_and_gets_mail_again_after_its_yes(
    client: Client, catcher: Catcher
) -> None:
    suppress(kind="email", value="reader@example.org", reason=Suppression.Reason.BOUNCED, now=NOW)

    ask(client)
    tasks.send_due_mail()
    asked, before = catcher.recipients.copy(), is_suppressed("email", "reader@example.org")
    say_yes(client)
    release(write())
    send_all()

    assert (asked, before) == (["reader@example.org"], True)
    assert [str(mail["Subject"]) for mail in catcher.mails][1:] == ["News of November"]
    assert not is_suppressed("email", "reader@example.org")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reason", ["complained", "removed"])
def test_a_question_that_waits_at_a_server_is_held_back_by_who_does_not_want_to_be_written_to(
    client: Client, catcher: Catcher, reason: str
) -> None:
    """It was on its way since mail came back; the no comes before the dot."""
    suppress(kind="email", value="reader@example.org", reason=Suppression.Reason.BOUNCED, now=NOW)
    ask(client)

    def complain(address: str) -> None:
        suppress(kind="email", value=address, reason=Suppression.Reason(reason), now=NOW)
        connection.close()

    catcher.on_recipient = complain
    tasks.send_due_mail()

    assert catcher.recipients == []
    assert Delivery.objects.get().state == "suppressed"


@pytest.mark.django_db(transaction=True)
def test_a_yes_lifts_a_no_that_is_remembered_for_the_address_alone(client: Client, catcher: Catcher) -> None:
    """An old link stopped the mailbox; under the key that it has now, its last word was yes all the time."""
    subscriber("reader@example.org")
    old = unsubscribe_link(uuid4(), "newsletter", "reader@example.org").removeprefix("http://localhost:8000")
    client.post(old, {"List-Unsubscribe": "One-Click"})
    stopped = is_suppressed("topic", "newsletter reader@example.org")

    ask(client)
    page = say_yes(client)
    release(write())
    send_all()

    assert stopped
    assert "Newsletter" in page
    assert catcher.recipients == ["reader@example.org"]


# --- how often -----------------------------------------------------------------------------------------------------


def test_pressing_twice_asks_the_mailbox_once(client: Client) -> None:
    ask(client)
    ask(client)

    assert Delivery.objects.count() == 1


def test_one_address_is_not_flooded(client: Client) -> None:
    """Three questions a day, whoever asks from wherever."""
    for number in range(6):
        with time_machine.travel(NOW + timedelta(hours=number), tick=False):
            ask(Client(REMOTE_ADDR=f"203.0.113.{number}"))

    assert Delivery.objects.count() == 3


def test_whoever_asks_a_fourth_time_is_told_that_nothing_was_sent_and_when_to_come_back(client: Client) -> None:
    """A day after the first time; the same of an address that is known here, and of one that is left alone."""
    suppress(kind="email", value="nobody@example.net", reason=Suppression.Reason.REMOVED, now=NOW)
    MemberFactory(email="amara@example.com")
    pages = set()

    for email in ("reader@example.org", "amara@example.com", "nobody@example.net"):
        for minutes in range(3):
            with time_machine.travel(NOW + timedelta(minutes=minutes * 20), tick=False):
                assert "Please look into your mailbox" in ask(client, email)
        before = Delivery.objects.count()
        with time_machine.travel(NOW + timedelta(hours=23), tick=False):
            pages.add(ask(client, email).replace(email, "…"))
        assert Delivery.objects.count() == before
        with time_machine.travel(NOW + timedelta(days=1, seconds=1), tick=False):
            assert "Please look into your mailbox" in ask(client, email)

    (page,) = pages
    assert "Nothing was sent" in page
    assert "You can try again from 23 Nov 2026, 12:00 (UTC) on." in page


def test_a_yes_is_answered_with_all_that_comes(client: Client) -> None:
    subscriber("reader@example.org", "events")
    ask(client, "reader@example.org", "newsletter")

    page = say_yes(client)

    assert "<li>Newsletter</li><li>Trade fairs and events</li></ul>" in page.split("From now on you get:")[1]


def test_the_older_of_two_mails_names_the_newer_one(client: Client) -> None:
    """Also for somebody who is subscribed to something else."""
    subscriber("reader@example.org", "events")
    ask(client, "reader@example.org", "newsletter")
    older = link()
    ask(client, "reader@example.org", "product_updates")
    before = (SubscriptionWish.objects.values().get(), ConsentEvent.objects.count())

    for page in (press(client, older), client.get(older).content.decode()):
        assert ("A newer mail took its place" in page, "Open the newest mail" in page) == (True, True)
        assert "You are subscribed already" not in page
        assert "<li>Trade fairs and events</li></ul>" in page.split("You get now:")[1]
    assert (SubscriptionWish.objects.values().get(), ConsentEvent.objects.count()) == before


def test_once_the_newer_mail_is_answered_the_older_one_is_over(client: Client) -> None:
    """It says what comes, and not that all is done: its own topic does not."""
    ask(client, "reader@example.org", "newsletter")
    older = link()
    ask(client, "reader@example.org", "events")
    say_yes(client)

    page = press(client, older)

    assert ("This link no longer works" in page, "You are subscribed already" in page) == (True, False)
    assert "<li>Trade fairs and events</li></ul>" in page.split("You get now:")[1]


def test_a_yes_that_was_said_stays_said_when_something_else_is_asked_for(client: Client) -> None:
    ask(client, "reader@example.org", "newsletter")
    older = link()
    say_yes(client)
    ask(client, "reader@example.org", "events")

    assert "You are subscribed already" in press(client, older)


def test_a_link_from_before_links_named_their_topics_works(client: Client) -> None:
    ask(client)
    wish = SubscriptionWish.objects.get()
    old = signed_link("mailings:confirm", wish.pk.hex, salt=SALT).removeprefix("http://localhost:8000")

    assert "From now on you get:" in press(client, old)
    assert "You are subscribed already" in press(client, old)


def test_a_second_press_says_calmly_what_they_are_subscribed_to(client: Client) -> None:
    ask(client, "reader@example.org", "newsletter", "events")
    path = link()
    say_yes(client)
    before = ConsentEvent.objects.count()

    pages = [press(client, path), client.get(path).content.decode()]

    for page in pages:
        assert "You are subscribed already" in page
        assert "<li>Newsletter</li><li>Trade fairs and events</li></ul>" in page.split("You get:")[1]
    assert ConsentEvent.objects.count() == before


def test_after_a_no_the_used_link_does_not_say_that_anything_comes(client: Client) -> None:
    ask(client)
    path = link()
    say_yes(client)
    answer(Subscriber.objects.get().key, given=False, now=NOW + timedelta(seconds=1))

    page = press(client, path)

    assert "This link no longer works" in page
    assert "You are subscribed" not in page
    assert ConsentEvent.objects.latest("id").given is False


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_both_hear_that_it_comes(client: Client) -> None:
    ask(client)
    path = link()

    def second() -> str:
        try:
            return press(Client(), path)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            wish = SubscriptionWish.objects.select_for_update().get()
            page = pool.submit(second)
            wait_for(page)
            subscriber(wish.email)
            wish.delete()
        answered = page.result(120)

    assert "You are subscribed already" in answered
    assert Subscriber.objects.count() == 1


def test_a_changed_link_is_none(client: Client) -> None:
    ask(client)

    answered = client.post(link()[:-3] + "xx/", {"form_token": shared_token("subscription link")})

    assert answered.status_code == 404
    assert Subscriber.objects.count() == 0


@pytest.mark.promise("subscribed-by-the-mailbox")
@pytest.mark.django_db(transaction=True)
def test_what_nobody_confirms_is_forgotten_after_30_days(client: Client) -> None:
    ask(client)

    with time_machine.travel(NOW + timedelta(days=29), tick=False):
        sweep(now=NOW + timedelta(days=29))
        waiting = SubscriptionWish.objects.count()
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        sweep(now=NOW + timedelta(days=31))

    assert (waiting, SubscriptionWish.objects.count()) == (1, 0)


@pytest.mark.promise("subscribed-by-the-mailbox")
def test_a_yes_after_30_days_is_none_though_nobody_has_forgotten_the_wish_yet(client: Client) -> None:
    ask(client)
    with time_machine.travel(NOW + timedelta(days=30) - timedelta(seconds=1), tick=False):
        before = client.get(link()).content.decode()

    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        after, answered = client.get(link()).content.decode(), say_yes(client)

    assert "Yes, send it to me" in before
    assert ["This link no longer works" in page for page in (after, answered)] == [True, True]
    assert (Subscriber.objects.count(), ConsentEvent.objects.count(), SubscriptionWish.objects.count()) == (0, 0, 1)


def test_what_the_policy_in_force_does_not_list_is_not_offered(client: Client) -> None:
    """An installation whose policy is of before newsletters offers none until the next version holds."""
    knew_less_before("marketing")

    page = client.get(PAGE).content.decode()
    ask(client)

    assert 'name="topics"' not in page
    assert SubscriptionWish.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_asks(client: Client) -> None:
    """The second one finds nothing, waits for what the first has not committed yet, and is no error."""

    def second() -> str:
        try:
            return ask(Client())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            SubscriptionWish.objects.create(
                email="reader@example.org", topics=["newsletter"], language="en", asked_at=NOW
            )
            page = pool.submit(second)
            wait_for(page)
        answered = page.result(120)

    assert "Please look into your mailbox" in answered
    assert (SubscriptionWish.objects.count(), Delivery.objects.count()) == (1, 0)
