"""A member's consents: seen, changed, looked up, downloaded."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import Member
from privacy.consents import Channel, browser_questions, personal_questions
from privacy.cookies import CHOICE
from privacy.models import ConsentEvent, ConsentLink, PolicyVersion
from privacy.policies import committed_map
from privacy.selectors.consents import asked_of_members
from privacy.services.consent import consent_key
from tests.factories import NOW, MemberFactory
from tests.privacy.answering import question, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
PAGE, HISTORY, RECEIPT = "/privacy/consents/", "/privacy/consents/history/", "/privacy/consents/receipt/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def browser(client: Client, member: Member) -> Client:
    client.force_login(member)
    return client


def granted(member: Member) -> set[tuple[str, str]]:
    events = ConsentEvent.objects.of(consent_key(member=member)).current(at=NOW)
    return {(event.purpose, event.channel) for event in events if event.given}


@pytest.mark.promise("no-marketing-without-consent")
def test_every_question_is_there_and_none_is_answered_with_yes(browser: Client) -> None:
    page = browser.get(PAGE).text

    assert [
        one.name for one in [*asked_of_members(at=NOW), *browser_questions()] if f'name="{one.name}"' not in page
    ] == []
    assert 'value="yes" checked' not in page
    assert page.count("Now: No, never asked before.") == 17


def test_looking_writes_nothing(browser: Client) -> None:
    for path in (PAGE, HISTORY, RECEIPT):
        assert browser.get(path).status_code == 200

    assert (ConsentEvent.objects.count(), ConsentLink.objects.count()) == (0, 0)


def test_one_yes_is_one_yes(browser: Client, member: Member) -> None:
    browser.post(PAGE, {"newsletter-phone": "yes", "events-fax": "no"})

    assert granted(member) == {("newsletter", "phone")}
    assert ConsentEvent.objects.count() == 2
    page = browser.get(PAGE).text
    assert page.count('value="yes" checked') == 1
    assert page.count("Now: Yes, since") == 1
    assert page.count("Now: No, since") == 1


def test_one_press_says_no_to_everything_and_none_says_yes(browser: Client, member: Member) -> None:
    """Consent is specific: nobody agrees to sixteen things at once, most of them folded away."""
    for place in (PAGE, "/privacy/"):
        form = browser.get(place).text.split('action="/privacy/consents/"')[1].split("</form>")[0]
        assert (form.count('name="every" value="no"'), form.count("Reject all")) == (1, 1)
        assert ('name="every" value="yes"' in form, "Accept all" in form) == (False, False)
    for one in personal_questions()[:-1]:
        say(consent_key(member=member), True, to=one)

    browser.post(PAGE, {"every": "no", "newsletter-email": "yes"})

    assert granted(member) == set()
    assert ConsentEvent.objects.of(consent_key(member=member)).count() == 32


@pytest.mark.parametrize("other", [{}, {"newsletter-email": "yes"}, {"newsletter-email": "no"}])
def test_a_yes_to_everything_is_refused_whole(browser: Client, member: Member, other: dict[str, str]) -> None:
    say(consent_key(member=member), True, to=question("events"))
    cookies = set(browser.cookies)

    response = browser.post(PAGE, {"every": "yes", **other})

    assert "Please say yes to each question by itself." in response.text
    assert (granted(member), ConsentEvent.objects.count()) == ({("events", "email")}, 1)
    assert set(browser.cookies) - cookies <= {settings.CSRF_COOKIE_NAME}


def test_the_browsers_answer_goes_under_the_browsers_number(browser: Client, member: Member) -> None:
    browser.post(PAGE, {"newsletter-email": "yes", "preferences-browser": "yes"})

    (event,) = ConsentEvent.objects.filter(channel=Channel.BROWSER)
    assert event.subject != consent_key(member=member)
    assert event.subject.hex in browser.cookies[CHOICE].value
    assert granted(member) == {("newsletter", "email")}


def test_an_empty_form_changes_nothing(browser: Client) -> None:
    assert browser.post(PAGE).status_code == 302

    assert ConsentEvent.objects.count() == 0


def test_bad_answers_come_back_and_save_nothing(browser: Client) -> None:
    response = browser.post(PAGE, {"newsletter-email": "perhaps", "newsletter-phone": "yes"})

    assert "One thing to correct" in response.text
    assert ConsentEvent.objects.count() == 0


def test_the_page_says_what_the_signal_does(browser: Client) -> None:
    page = browser.get(PAGE, headers={"Sec-GPC": "1"}).text

    assert page.count("Now: No, your browser sends Global Privacy Control.") == 1
    browser.post(PAGE, {"newsletter-email": "yes"}, headers={"Sec-GPC": "1"})
    assert ConsentEvent.objects.get().gpc is True


def test_the_history_has_every_word_newest_first(browser: Client, member: Member) -> None:
    key = consent_key(member=member)
    say(key, True, at=NOW - timedelta(days=20))
    say(key, False, at=NOW - timedelta(days=3))

    page = browser.get(HISTORY).text

    assert page.index("2026-11-19T12") < page.index("2026-11-02T12")
    assert page.count('<th scope="row">Newsletter') == 2
    assert page.count("Privacy policy 1") == 2


def test_a_long_history_is_cut_and_says_so(browser: Client, member: Member) -> None:
    key = consent_key(member=member)
    for number in range(201):
        say(key, number % 2 == 0, at=NOW - timedelta(minutes=201 - number))

    page = browser.get(HISTORY).text

    assert page.count('<th scope="row">Newsletter') == 200
    assert "These are the newest lines." in page
    assert receipt(browser).count("SHA-256") == 201


def test_a_receipt_of_any_length_is_whole_in_order_and_read_in_portions(
    browser: Client, member: Member, django_assert_num_queries: Any
) -> None:
    """Also where many answers were given in one moment; nothing comes twice."""
    key = consent_key(member=member)
    for number in range(400):
        say(key, number % 2 == 0, at=NOW - timedelta(minutes=(399 - number) // 50))
    response: Any = browser.get(RECEIPT)

    with django_assert_num_queries(3):  # two portions, and that nothing is left
        pieces = [piece.decode() for piece in response.streaming_content]

    assert [piece.count("SHA-256") for piece in pieces] == [0, 200, 200]
    times = re.findall(r"^2026-11-22T\S+$", "".join(pieces[1:]), re.MULTILINE)
    assert times == [(NOW - timedelta(minutes=number // 50)).isoformat() for number in range(400)]
    assert ["You have not been asked" in piece for piece in pieces] == [False] * 3


def test_a_receipt_is_written_in_the_time_zone_of_its_reader() -> None:
    """Although most of it is written when the page's own code has ended."""
    reader = MemberFactory(time_zone="Asia/Ho_Chi_Minh")
    say(consent_key(member=reader), True)
    client = Client()
    client.force_login(reader)

    text = receipt(client)

    assert "Made: 2026-11-22T19:00:00+07:00" in text
    assert "\n2026-11-22T19:00:00+07:00\nAnswer: Yes" in text


def test_who_was_never_asked_gets_a_receipt_that_says_so(browser: Client) -> None:
    assert "You have not been asked yet" in receipt(browser)


def receipt(browser: Client) -> str:
    """The whole text as it is fetched."""
    response: Any = browser.get(RECEIPT)
    return b"".join(response.streaming_content).decode()


def test_the_receipt_says_what_words_when_how_and_which_version(browser: Client, member: Member) -> None:
    browser.post(PAGE, {"newsletter-phone": "yes"})

    response: Any = browser.get(RECEIPT)

    text = b"".join(response.streaming_content).decode()
    assert response["Content-Disposition"] == 'attachment; filename="consents-2026-11-22.txt"'
    event = ConsentEvent.objects.select_related("words").get()
    for said in (
        "2026-11-22T12:00:00+00:00",
        "Answer: Yes",
        "What: Newsletter (telephone)",
        "How: the privacy centre",
        "Policy: Privacy policy 1",
        f"Words shown (en, SHA-256 {event.words_id}):\n{event.words.text}\n",
        f"Kept under the number: {consent_key(member=member)}",
    ):
        assert said in text


def test_nobody_sees_the_words_of_another(browser: Client) -> None:
    say(consent_key(member=MemberFactory()), True, to=question("partner_offers"))

    assert "Offers of our partners" not in browser.get(HISTORY).text
    assert "Offers of our partners" not in receipt(browser)
    assert "since" not in browser.get(PAGE).text.split("<h1>")[1]


def test_the_page_costs_as_many_queries_however_much_was_said(
    browser: Client, member: Member, django_assert_max_num_queries: Any
) -> None:
    browser.post(PAGE, {one.name: "yes" for one in [*asked_of_members(at=NOW), *browser_questions()]})

    with django_assert_max_num_queries(11):
        browser.get(PAGE)


# --- what the policy does not announce -------------------------------------------------------------------------------


def test_what_the_policy_in_force_does_not_list_is_not_asked(browser: Client, member: Member) -> None:
    """A yes from before can be taken back."""
    say(consent_key(member=member), True, to=question("events"))
    announced = {
        **committed_map(),
        "purposes": [one for one in committed_map()["purposes"] if one["key"] != "marketing"],
    }
    PolicyVersion.objects.filter(kind="privacy").update(data_map=announced, digest="another")

    page = browser.get(PAGE).text
    browser.post(PAGE, {"newsletter-email": "yes", "events-phone": "yes", "every": ""})

    assert ("newsletter-email" in page, "Trade fairs and events" in page, "events-phone" in page) == (
        False,
        True,
        False,
    )
    assert (granted(member), ConsentEvent.objects.count()) == ({("events", "email")}, 1)
    browser.post(PAGE, {"events-email": "no"})
    assert granted(member) == set()
