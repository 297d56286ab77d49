"""The language in which a reader without an account gets mail."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from mailings.models import Delivery, Subscriber, SubscriptionWish
from privacy.models import ConsentEvent
from tests.factories import NOW
from tests.mailings.campaigning import WORDS, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.subscribing import PAGE, ask, say_yes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Links are made at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("vi-VN,vi;q=0.9,en;q=0.5", "vi"),
        ("de-CH;q=0.4, fr-FR;q=0.8", "fr"),
        ("pt-BR,pt;q=0.9", "pt-br"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("tlh, eo;q=0.3", "eo"),
        ("*", "en"),
        ("", "en"),
        ("x" * 600, "en"),
    ],
)
def test_the_browsers_language_is_chosen_beforehand(client: Client, accepted: str, language: str) -> None:
    page = client.get(PAGE, headers={"accept-language": accepted}).content.decode()

    assert re.findall(r'<option value="([^"]*)" selected', page) == [language]
    assert '<optgroup label="More languages">' in page
    assert "otherwise in English. Pages are in English." in page
    assert '<html lang="en" dir="ltr"' in page


def test_mail_comes_in_the_language_that_was_chosen_and_the_question_in_ours(client: Client, catcher: Catcher) -> None:
    ask(client, language="vi")
    say_yes(client)
    release(write(texts={"en": WORDS, "vi": {"subject": "Tin tháng mười một", "body": "Chào."}}))
    send_all()

    assert [str(mail["Subject"]) for mail in catcher.mails] == ["Tin tháng mười một"]
    assert Subscriber.objects.get().language == "vi"
    question = Delivery.objects.get(template="confirm_subscription")
    assert (question.language, '<html lang="en" dir="ltr">' in question.html) == ("en", True)
    assert set(ConsentEvent.objects.values_list("words__language", flat=True)) == {"en"}


def test_a_later_yes_changes_the_language_and_a_wish_alone_does_not(client: Client) -> None:
    subscriber("Reader@example.org", language="vi")

    ask(client, language="ar")
    before = Subscriber.objects.get().language
    say_yes(client)

    assert (before, Subscriber.objects.get().language) == ("vi", "ar")


def test_another_language_within_minutes_is_another_wish(client: Client) -> None:
    ask(client, language="vi")
    ask(client, language="ar")

    assert SubscriptionWish.objects.get().language == "ar"


def test_a_language_that_nobody_knows_is_refused(client: Client) -> None:
    page = ask(client, language="xx")

    assert "Select a valid choice" in page
    assert (SubscriptionWish.objects.count(), Delivery.objects.count()) == (0, 0)
