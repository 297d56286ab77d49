"""Behind the link of a mail a reader without an account chooses topic by topic, and in which language they come."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from mailings.models import Delivery, Subscriber, SubscriptionWish
from mailings.stopping.unsubscribe_links import unsubscribe_link
from mailings.subscription_links import confirm_link
from privacy.consents import Channel
from privacy.models import ConsentEvent
from privacy.selectors.consents import says_yes_to
from privacy.services.consent import consent_key
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.privacy.publishing import knew_less_before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
READER = "reader@example.org"
ALL_TOPICS = ["newsletter", "product_updates", "events", "partner_offers"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader() -> Subscriber:
    """Gets the newsletter and hears of trade fairs."""
    return subscriber(READER, "newsletter", "events", language="vi")


def link_of(reader: Subscriber, topic: str = "newsletter") -> str:
    """The path of the link in a mail that they got."""
    return unsubscribe_link(reader.key, topic, reader.email).removeprefix("http://localhost:8000")


def save(link: str, *topics: str, language: str = "vi") -> str:
    """Press the button of the form, in a browser without cookies; the text of the answer."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(link, {"choose": "1", "topics": topics, "language": language})
    assert (answer.status_code, answer.cookies) == (200, {})
    return " ".join(answer.content.decode().split())


def coming() -> set[str]:
    return says_yes_to(subject=Subscriber.objects.get().key, purposes=ALL_TOPICS, channel=Channel.EMAIL)


def ticked(page: str) -> list[str]:
    """The topics whose boxes are ticked."""
    boxes = re.findall(r'<input[^>]*name="topics"[^>]*>', page)
    return [re.findall(r'value="(\w+)"', box)[0] for box in boxes if "checked" in box]


@pytest.mark.promise("get-changes-nothing")
def test_what_comes_is_ticked_and_looking_changes_nothing(client: Client, reader: Subscriber) -> None:
    before = (ConsentEvent.objects.count(), Subscriber.objects.values().get())

    page = client.get(link_of(reader)).content.decode()

    assert ticked(page) == ["newsletter", "events"]
    assert re.findall(r'<option value="([^"]*)" selected', page) == ["vi"]
    assert "Unsubscribe from everything" in page
    assert (ConsentEvent.objects.count(), Subscriber.objects.values().get(), Delivery.objects.count()) == (*before, 0)


def test_what_is_taken_away_stops_at_once(reader: Subscriber, catcher: Catcher) -> None:
    """Also another topic than that of the mail with the link; the others go on."""
    page = save(link_of(reader), "newsletter")
    release(write(topic="events"))
    release(write())
    send_all()

    assert "We send you no more of: Trade fairs and events. It holds from now on." in page
    assert ticked(page) == ["newsletter"]
    assert coming() == {"newsletter"}
    assert len(catcher.mails) == 1
    assert Delivery.objects.filter(template="confirm_subscription").count() == 0


def test_what_is_added_waits_until_the_mailbox_says_yes(client: Client, reader: Subscriber) -> None:
    page = save(link_of(reader), "newsletter", "events", "product_updates", language="ar")
    before = coming()
    question = Delivery.objects.get()
    wish = SubscriptionWish.objects.get()

    client.post(confirm_link(wish.pk, wish.topics).removeprefix("http://localhost:8000"))

    assert "You added: What is new here. <b>Open the mail that we have just sent to this mailbox" in page
    assert ticked(page) == ["newsletter", "events"]
    assert (question.template, question.to, wish.topics) == ("confirm_subscription", READER, ["product_updates"])
    assert (before, coming()) == ({"newsletter", "events"}, {"newsletter", "events", "product_updates"})
    assert Subscriber.objects.get().language == "ar"


def test_less_and_more_at_once(reader: Subscriber) -> None:
    page = save(link_of(reader), "newsletter", "partner_offers")

    assert "We send you no more of: Trade fairs and events." in page
    assert coming() == {"newsletter"}
    assert SubscriptionWish.objects.get().topics == ["partner_offers"]


def test_the_language_alone_is_changed_at_once(reader: Subscriber) -> None:
    page = save(link_of(reader), "newsletter", "events", language="fr")

    assert "You get the same topics as before." in page
    assert (Subscriber.objects.get().language, coming()) == ("fr", {"newsletter", "events"})
    assert Delivery.objects.count() == 0


def test_nothing_at_all_is_a_choice_too(reader: Subscriber) -> None:
    save(link_of(reader))

    assert coming() == set()
    assert Subscriber.objects.get().stopped_at == NOW


@pytest.mark.parametrize("sent", [{"topics": ["horoscopes"], "language": "vi"}, {"topics": [], "language": "xx"}])
def test_what_nobody_offers_is_refused_and_changes_nothing(reader: Subscriber, sent: dict[str, Any]) -> None:
    answer = Client().post(link_of(reader), {"choose": "1", **sent})

    assert "Select a valid choice" in answer.content.decode()
    assert (coming(), Subscriber.objects.get().language) == ({"newsletter", "events"}, "vi")
    assert Delivery.objects.count() == 0


def test_past_three_mails_a_day_nothing_is_sent_and_the_no_holds_all_the_same(reader: Subscriber) -> None:
    link = link_of(reader)
    for number, topic in enumerate(("product_updates", "partner_offers", "product_updates")):
        with time_machine.travel(NOW + timedelta(minutes=number * 15), tick=False):
            save(link, "newsletter", "events", topic)
    before = SubscriptionWish.objects.values().get()

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = save(link, "newsletter", "partner_offers")

    assert "No mail was sent to ask you about what you added." in page
    assert "You can try again from 23 Nov 2026, 12:00 (UTC) on." in page
    assert coming() == {"newsletter"}
    assert (Delivery.objects.count(), SubscriptionWish.objects.values().get()) == (3, before)


def test_without_anything_new_no_turn_is_taken(reader: Subscriber) -> None:
    """Whoever only takes away, or looks, may still ask for something that day."""
    for _press in range(5):
        save(link_of(reader), "newsletter")

    assert "Open the mail that we have just sent" in save(link_of(reader), "newsletter", "events")


def test_what_is_not_offered_any_more_can_be_taken_away_and_not_added(reader: Subscriber) -> None:
    knew_less_before("marketing")

    page = Client().get(link_of(reader)).content.decode()
    save(link_of(reader), "newsletter")

    assert re.findall(r'name="topics" value="(\w+)"', page) == ["newsletter", "events"]
    assert coming() == {"newsletter"}


def test_the_link_of_an_address_that_has_gone_says_so_calmly(reader: Subscriber) -> None:
    link = link_of(reader)
    Subscriber.objects.all().delete()

    page = Client().get(link).content.decode()
    answer = Client().post(link, {"choose": "1", "language": "vi"})

    calmly = "We no longer know the address to which this mail was sent"
    assert (calmly in page, "there is nothing that you must do" in page) == (True, True)
    assert ('name="topics"' in page, 'value="One-Click"' in page) == (False, True)
    assert (answer.status_code, calmly in answer.content.decode()) == (409, True)
    assert (Delivery.objects.count(), Subscriber.objects.count()) == (0, 0)


def test_whoever_had_the_mailbox_of_a_member_before_chooses_nothing_for_them() -> None:
    """Their link still stops its topic, as it always did."""
    member = agree(MemberFactory(email="old@example.com"))
    link = unsubscribe_link(consent_key(member=member), "newsletter", "old@example.com")
    link = link.removeprefix("http://localhost:8000")
    type(member).objects.filter(pk=member.pk).update(email="new@example.com")

    page = Client().get(link).content.decode()
    answer = Client().post(link, {"choose": "1", "language": "en"})

    assert 'name="topics"' not in page
    assert answer.status_code == 409
    key = consent_key(member=member)
    assert says_yes_to(subject=key, purposes=ALL_TOPICS, channel=Channel.EMAIL) == {"newsletter"}
    assert Delivery.objects.count() == 0


def test_a_members_link_chooses_among_their_own_consents_and_leaves_the_profile_alone() -> None:
    """The page is the same; the language of all their mail is changed where they are logged in."""
    member = agree(MemberFactory(email="amara@example.com", language="en"), "newsletter", "events")
    key = consent_key(member=member)
    link = unsubscribe_link(key, "newsletter", member.email).removeprefix("http://localhost:8000")

    page = save(link, "events", language="fr")

    assert "If you have an account, the language in your profile counts." in page
    assert says_yes_to(subject=key, purposes=ALL_TOPICS, channel=Channel.EMAIL) == {"events"}
    member.refresh_from_db()
    assert (member.language, Subscriber.objects.count()) == ("en", 0)


def test_a_mail_programs_button_still_stops_one_topic_and_no_more(reader: Subscriber) -> None:
    """RFC 8058: whatever the page has learned since."""
    answer = Client(enforce_csrf_checks=True).post(link_of(reader), {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, coming()) == (200, {"events"})
