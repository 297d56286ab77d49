"""What is written down when somebody says yes or no."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import translation

from privacy.consents import Channel, ConsentPurpose, digest_of_words, personal_questions, register_purpose
from privacy.models import ConsentEvent, ConsentLink, ConsentWords, PolicyVersion
from privacy.purposes import ACCOUNT, MARKETING
from privacy.selectors.consents import answers, may_contact
from privacy.services.consent import consent_key, record_choices
from tests.factories import NOW, MemberFactory
from tests.privacy.answering import question, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LATER = NOW + timedelta(days=9)


@pytest.mark.promise("consent-append-only")
def test_an_answer_is_kept_with_its_words_its_policy_and_how_it_came() -> None:
    subject = uuid4()

    (event,) = record_choices(
        subject=subject,
        choices={question("newsletter", Channel.PHONE): True},
        method=ConsentEvent.Method.LINK,
        language="en",
        gpc=True,
        now=NOW,
    )

    kept = ConsentEvent.objects.select_related("words", "policy").get(pk=event.pk)
    assert (kept.subject, kept.purpose, kept.channel, kept.given) == (subject, "newsletter", "phone", True)
    assert (kept.method, kept.gpc, kept.at) == ("link", True, NOW)
    assert kept.words.text == "Newsletter\nNews of the market, about once a month.\nBy telephone"
    assert kept.words.digest == digest_of_words(text=kept.words.text, language="en")
    assert (kept.policy.kind, kept.policy.number) == (PolicyVersion.Kind.PRIVACY, 1)


def test_what_a_browser_is_asked_rests_on_the_cookie_policy() -> None:
    (event,) = say(uuid4(), True, to=question("preferences", Channel.BROWSER))

    assert event.policy.kind == PolicyVersion.Kind.COOKIES


def test_the_first_no_is_written_down() -> None:
    subject = uuid4()

    say(subject, False)

    assert [event.given for event in ConsentEvent.objects.of(subject)] == [False]


def test_the_same_answer_again_adds_nothing_and_another_one_does() -> None:
    subject = uuid4()

    for given in (True, True, False, False, True):
        say(subject, given)

    assert [event.given for event in ConsentEvent.objects.of(subject).order_by("id")] == [True, False, True]


def test_one_answer_says_nothing_about_other_purposes_channels_and_people() -> None:
    subject, other = uuid4(), uuid4()
    say(subject, True)

    known = answers(subject=subject, questions=personal_questions(), at=LATER)

    assert {one.question.name: one.given for one in known if one.given is not None} == {"newsletter-email": True}
    assert {one.given for one in answers(subject=other, questions=personal_questions(), at=LATER)} == {None}


def test_the_same_words_are_kept_once_and_another_language_apart() -> None:
    for language in ("en", "en", "vi"):
        record_choices(
            subject=uuid4(),
            choices={question("newsletter"): True},
            method=ConsentEvent.Method.BANNER,
            language=language,
            gpc=False,
            now=NOW,
        )

    assert sorted(ConsentWords.objects.values_list("language", flat=True)) == ["en", "vi"]
    assert ConsentEvent.objects.count() == 3


def test_the_words_are_those_of_the_language_in_which_was_asked() -> None:
    """Whatever language the server speaks at that moment."""
    with translation.override("de"):
        (event,) = say(uuid4(), True)

    assert ConsentWords.objects.get(pk=event.words_id).text.startswith("Newsletter\nNews of the market")


def test_now_is_the_last_word_and_since_when() -> None:
    subject = uuid4()
    say(subject, True)
    say(subject, False, at=LATER)

    def known(at: timedelta) -> list[object]:
        (one,) = answers(subject=subject, questions=[question("newsletter")], at=NOW + at)
        return [one.given, one.since]

    assert known(timedelta(seconds=-1)) == [None, None]
    assert known(timedelta(days=1)) == [True, NOW]
    assert known(timedelta(days=30)) == [False, LATER]


def test_a_later_word_with_an_earlier_clock_is_still_the_last() -> None:
    """Two servers' clocks differ by a little."""
    subject = uuid4()
    say(subject, True)

    say(subject, False, at=NOW - timedelta(milliseconds=5))

    (one,) = answers(subject=subject, questions=[question("newsletter")], at=NOW)
    assert one.given is False


@pytest.mark.promise("no-marketing-without-consent")
def test_who_may_be_written_to_are_those_whose_last_word_is_yes() -> None:
    yes, no, changed, never, by_phone = (MemberFactory() for _ in range(5))
    for member, given in ((yes, True), (no, False), (changed, True)):
        say(consent_key(member=member), given)
    say(consent_key(member=changed), False, at=NOW + timedelta(hours=1))
    say(consent_key(member=by_phone), True, to=question("newsletter", Channel.PHONE))
    say(uuid4(), True)  # somebody whose account was erased
    consent_key(member=never)

    def found(at: timedelta) -> set[int]:
        return set(may_contact(purpose="newsletter", channel=Channel.EMAIL, at=NOW + at))

    assert found(timedelta(minutes=1)) == {yes.pk, changed.pk}
    assert found(timedelta(hours=2)) == {yes.pk}


def test_a_member_keeps_one_key_and_two_have_two() -> None:
    member, other = MemberFactory(), MemberFactory()

    assert consent_key(member=member) == consent_key(member=member)
    assert consent_key(member=member) != consent_key(member=other)
    assert ConsentLink.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_clicks_at_the_same_time_one_writes() -> None:
    """Key and events."""
    member = MemberFactory()
    start = threading.Barrier(4)

    def click() -> None:
        start.wait()
        try:
            say(consent_key(member=member), True)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (ConsentLink.objects.count(), ConsentEvent.objects.count()) == (1, 1)


def test_nobody_is_asked_for_what_does_not_rest_on_consent() -> None:
    with pytest.raises(ValueError, match="does not rest on consent"):
        ConsentPurpose("account", "Account", "…", ACCOUNT, (Channel.EMAIL,))


def test_two_purposes_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="newsletter"):
        register_purpose(ConsentPurpose("newsletter", "Another", "…", MARKETING, (Channel.EMAIL,)))
