"""Readers want mail in more languages than the site speaks: theirs where somebody wrote it, else wholly in ours."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import Member
from mailings.admin.counting import readers_of
from mailings.audiences import audience
from offerboard.services import lead_states
from privacy.languages import site_language
from tests.factories import NOW, LeadFactory, MemberFactory
from tests.mailings.campaigning import TOPIC, WORDS, agree, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.noticing import EIGHT, digest
from tests.mailings.noticing import work as work_on_digests
from tests.offerboard.alerting import asks, publish, the_mail, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
VIETNAMESE = {"subject": "Tin tháng mười một", "body": "Chào các bạn."}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns go out at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("en", "en"), ("pt", "pt"), ("pt-br", "pt"), ("vi", "en"), ("ar", "en"), ("xx", "en"), ("", "en")],
)
def test_our_own_words_come_in_a_language_of_the_site(settings: Any, wanted: str, spoken: str) -> None:
    settings.LANGUAGES = [("en", "English"), ("pt", "Portuguese")]

    assert site_language(wanted) == spoken


def test_a_mail_about_leads_is_english_with_its_numbers_and_names_of_countries() -> None:
    """Django knows both in German, and would mix them in."""
    asks(MemberFactory(language="de"), words="coffee")
    publish(title="Coffee")

    work()

    mail = the_mail()
    assert ["4,180" in half and "4.180" not in half for half in (mail.text, mail.html)] == [True, True]
    assert ("Viet Nam" in mail.text, "Vietnam" in mail.text) == (True, False)
    assert (mail.language, '<html lang="en" dir="ltr">' in mail.html) == ("en", True)


def test_a_digest_is_english_with_its_dates(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(language="ar")
    lead = LeadFactory(company=member.teams.get().company, state="rejected")
    lead_states.approve_lead(lead=lead, now=NOW)

    work_on_digests(EIGHT)

    html = digest().html
    assert ("On the board until 22 Dec 2026" in html, '<html lang="en" dir="ltr">' in html) == (True, True)


def test_a_campaign_reaches_members_in_the_language_they_chose(catcher: Catcher) -> None:
    agree(MemberFactory(email="linh@example.com", language="vi"))
    agree(MemberFactory(email="amara@example.com", language="de"))

    release(write(texts={"en": WORDS, "vi": VIETNAMESE}))
    send_all()

    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in catcher.mails}
    assert subjects == {"linh@example.com": "Tin tháng mười một", "amara@example.com": "News of November"}


def test_a_campaign_for_one_language_reaches_those_who_chose_it(catcher: Catcher) -> None:
    """Its form offers every language that people can choose."""
    agree(MemberFactory(email="linh@example.com", language="vi"))
    agree(MemberFactory(email="amara@example.com"))

    release(write(texts={"vi": VIETNAMESE}, languages=["vi"]))
    send_all()

    assert catcher.recipients == ["linh@example.com"]
    assert {"en", "vi", "ar", "pt-br"} <= {code for code, _name in audience().choices()["languages"]}


def test_a_language_takes_in_its_regional_forms_and_they_not_it(catcher: Catcher) -> None:
    """As many as were counted before."""
    for number, language in enumerate(["pt", "pt-br", "en"]):
        agree(MemberFactory(email=f"member{number}@example.com", language=language))
        subscriber(f"reader{number}@example.org", TOPIC, language=language)
    texts = {"en": WORDS, "pt": {**WORDS, "subject": "Novidades"}}
    wide, narrow = write(texts=texts, languages=["pt"]), write(texts=texts, languages=["pt-br"])

    counted = [readers_of(wide), readers_of(narrow)]
    release(wide)
    send_all()
    got = sorted(catcher.recipients)
    release(narrow)
    send_all()

    assert counted == [{"pt": 2, "pt-br": 2}, {"pt-br": 2}]
    assert got == ["member0@example.com", "member1@example.com", "reader0@example.org", "reader1@example.org"]
    assert sorted(catcher.recipients[4:]) == ["member1@example.com", "reader1@example.org"]
    assert {str(mail["Subject"]) for mail in catcher.mails} == {"Novidades"}
