"""A mail of a campaign as it arrives: in the reader's language, with the reader's name, and whole."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine

from accounts.models import Member
from mailings import tasks
from mailings.delivery.campaigns import advance
from mailings.models import Delivery
from mailings.services import queue_message
from mailings.services.campaigns import send_test
from mailings.writing.previews import preview
from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW, MemberFactory
from tests.mailings.anatomy import Anatomy
from tests.mailings.campaigning import agree, answer, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import OFFER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
TEXTS = {
    "en": {"subject": "News", "body": "English words."},
    "pt": {"subject": "Notícias", "body": "Palavras portuguesas."},
    "ar": {"subject": "أخبار", "body": "كلمات عربية."},
}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns go out at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def halves(mail: EmailMessage) -> tuple[str, str]:
    """Text and HTML."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content()


def to(catcher: Catcher, address: str) -> EmailMessage:
    return next(mail for mail in catcher.mails if mail["To"] == address)


def test_each_reader_gets_their_language_its_parent_or_everybody_elses(catcher: Catcher) -> None:
    for language in ("en", "pt-br", "ar", "vi"):
        subscriber(f"{language}@example.org", language=language)

    release(write(texts=TEXTS))
    send_all()

    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in catcher.mails}
    assert subjects == {
        "en@example.org": "News",
        "pt-br@example.org": "Notícias",
        "ar@example.org": "أخبار",
        "vi@example.org": "News",
    }
    text, html = halves(to(catcher, "ar@example.org"))
    assert "كلمات عربية." in text
    assert "?language=ar\n" in text  # of the page in the archive
    assert 'dir="rtl"' in html
    assert 'lang="ar"' in html


@pytest.mark.parametrize("kind", ["marketing", "announcement"])
def test_our_english_sentences_in_another_language_say_that_they_are_english(kind: str) -> None:
    """From left to right in an Arabic mail, whose own words run from right to left."""
    campaign = write(kind, texts=TEXTS | {"ar": {**TEXTS["ar"], **(OFFER if kind == "marketing" else {})}})

    html = preview(campaign, language="ar").html

    english = [
        (tag, attributes.get("class"))
        for tag, attributes in Anatomy(html).elements
        if (attributes.get("lang"), attributes.get("dir")) == ("en", "ltr")
    ]
    bdi = [("bdi", None)]  # the greeting; and "Advertisement" above an offer
    assert english == [*(bdi * (2 if kind == "marketing" else 1)), ("td", "end")]


@pytest.mark.parametrize(("spoken", "language"), [("ar", "ar"), ("en", "en"), ("pt", "pt-br")])
def test_sentences_in_a_language_of_the_market_are_marked_as_nothing_else(
    spoken: str, language: str, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), (spoken, "Its name")]

    html = preview(write(texts={language: TEXTS["en"]}), language=language).html

    marked = [tag for tag, attributes in Anatomy(html).elements if "lang" in attributes]
    assert marked == ["html", "div"]  # the whole mail


def test_a_mail_greets_its_reader_and_nobody_else(catcher: Catcher) -> None:
    """A name cannot become part of the page; who has none here is greeted without."""
    agree(MemberFactory(email="a@example.com", full_name="Đỗ Thị <b>Ánh</b> & Söhne", display_name=""))
    agree(MemberFactory(email="b@example.com", full_name="Amara Okonkwo"))
    subscriber("c@example.org")

    release(write())
    send_all()

    text, html = halves(to(catcher, "a@example.com"))
    assert "Dear Đỗ Thị <b>Ánh</b> & Söhne," in text
    assert "Dear Đỗ Thị &lt;b&gt;Ánh&lt;/b&gt; &amp; Söhne," in html
    assert "Amara" not in text + html
    assert "Good day," in halves(to(catcher, "c@example.org"))[0]


def test_every_reader_has_a_link_of_their_own_in_both_halves_and_in_the_header(catcher: Catcher) -> None:
    for number in range(3):
        subscriber(f"reader{number}@example.org")

    release(write())
    send_all()

    links = set()
    for mail in catcher.mails:
        link = str(mail["List-Unsubscribe"]).strip("<>")
        text, html = halves(mail)
        assert link in text
        assert f'href="{link}"' in html
        links.add(link)
    assert len(links) == 3


def test_long_lines_and_dots_arrive_as_they_were_written(catcher: Catcher) -> None:
    subscriber("reader@example.org")
    body = "x" * 5_000 + "\n\n.\n\n..two dots\n\n" + "слово " * 2_000

    release(write(texts={"en": {"subject": "слово " * 15, "body": body}}))
    send_all()

    (mail,) = catcher.mails
    assert "x" * 5_000 in halves(mail)[0]
    assert "\n.\n" in halves(mail)[0]
    assert str(mail["Subject"]) == ("слово " * 15).strip()
    assert max(map(len, catcher.raw[0].split(b"\r\n"))) <= 998


def test_an_announcement_has_no_button_to_unsubscribe(catcher: Catcher) -> None:
    MemberFactory(email="amara@example.com")

    release(write("announcement", reason="fraud"))
    send_all()

    mail = to(catcher, "amara@example.com")
    assert mail["List-Unsubscribe"] is None
    assert "a fraud or safety warning" in halves(mail)[0]
    assert "/newsletter/unsubscribe/" not in "".join(halves(mail))


def test_a_test_mail_is_marked_and_its_link_stops_nothing(catcher: Catcher) -> None:
    reader = subscriber("reader@example.org")
    campaign = write()

    send_test(campaign=campaign, words=campaign.texts.get(), to="staff@example.com", name="Linh", now=NOW)
    tasks.send_due_mail()

    (mail,) = catcher.mails
    assert (mail["To"], str(mail["Subject"])) == ("staff@example.com", "[Test] News of November")
    assert reader.key.hex not in halves(mail)[0]
    assert fresh(campaign).state == "draft"


def test_a_draft_leads_to_no_page_in_the_archive_where_there_is_none_yet(catcher: Catcher) -> None:
    """Neither in a test nor in a preview; the mail itself does."""
    subscriber("reader@example.org")
    campaign = write()

    send_test(campaign=campaign, words=campaign.texts.get(), to="staff@example.com", name="Linh", now=NOW)
    tasks.send_due_mail()
    shown = preview(campaign, language="en")
    release(campaign)
    send_all()

    early = [*halves(to(catcher, "staff@example.com")), shown.text, shown.html]
    assert [campaign.slug in half for half in early] == [False] * 4
    assert [campaign.slug in half for half in halves(to(catcher, "reader@example.org"))] == [True, True]


def test_names_are_forgotten_when_a_mail_has_ended(catcher: Catcher) -> None:
    agree(MemberFactory(full_name="Amara Okonkwo"))

    release(write())
    send_all()

    assert list(Delivery.objects.values_list("state", "name", "subject", "text")) == [("sent", "", "", "")]


# --- one rule for all mail: the address is asked about once more at the dot ----------------------------------------


@pytest.mark.parametrize("asked_for", [True, False])
def test_an_address_that_bounced_meanwhile_gets_only_what_it_asked_for(asked_for: bool, catcher: Catcher) -> None:
    """Queued before the bounce came in."""
    words: dict[str, Any] = {"template": "test", "language": "en", "subject": "x", "text": "y", "html": ""}
    queue_message(to="amara@example.com", now=NOW, asked_for=asked_for, **words)
    suppress(kind="email", value="amara@example.com", reason=Suppression.Reason.BOUNCED, now=NOW)

    tasks.send_due_mail()

    assert len(catcher.mails) == (1 if asked_for else 0)
    assert Delivery.objects.get().state == ("sent" if asked_for else "suppressed")


def test_a_no_to_one_topic_leaves_all_other_mail_alone(catcher: Catcher) -> None:
    reader = subscriber("reader@example.org", "newsletter", "events")
    answer(reader.key, "newsletter", given=False)
    words: dict[str, Any] = {"template": "test", "language": "en", "subject": "x", "text": "y", "html": ""}
    queue_message(to="reader@example.org", now=NOW, **words)

    release(write(topic="events"))
    tasks.send_due_mail()
    send_all()

    assert [str(mail["Subject"]) for mail in catcher.mails] == ["x", "News of November"]


# --- between finding the readers and sending, which may be days ----------------------------------------------------


@pytest.mark.parametrize("kind", ["marketing", "announcement"])
@pytest.mark.parametrize("change", [{"state": "suspended"}, {"state": "closing"}, {"email": "elsewhere@example.com"}])
def test_who_is_no_reader_any_more_gets_nothing(kind: str, change: dict[str, str], catcher: Catcher) -> None:
    """Suspended, leaving, or gone to another mailbox: the old one is not theirs any more."""
    member = agree(MemberFactory(email="amara@example.com"))
    campaign = release(write(kind))
    advance(now=NOW)
    Member.objects.filter(pk=member.pk).update(**change)

    send_all()

    assert "amara@example.com" not in catcher.recipients
    assert Delivery.objects.get(campaign=campaign, to="amara@example.com").state == "suppressed"


def test_a_subject_is_no_encoded_word_and_no_second_header(catcher: Catcher) -> None:
    words: dict[str, Any] = {"template": "test", "language": "en", "text": "y", "html": ""}
    queue_message(to="amara@example.com", now=NOW, subject="=?utf-16?b?AAA=?=\r\nBcc: x@example.com\x07", **words)

    tasks.send_due_mail()

    (mail,) = catcher.mails
    assert str(mail["Subject"]) == "= ?utf-16?b?AAA= ?= Bcc: x@example.com"
    assert mail["Bcc"] is None


def test_a_lone_carriage_return_becomes_a_line_break(catcher: Catcher) -> None:
    """Servers differ in what they take it for; one of them would read on as if commands followed."""
    subscriber("reader@example.org")

    release(write(texts={"en": {"subject": "News", "body": "hello\r.\r\nMAIL FROM:<x@example.com>"}}))
    send_all()

    assert b"\r" not in catcher.raw[0].replace(b"\r\n", b"")
    assert len(catcher.mails) == 1
