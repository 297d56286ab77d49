"""What forged and broken messages do not do."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine

from mailings.models import Delivery, MailReport
from mailings.returning.consequences import Outcome
from mailings.returning.reading import MOST, Unreadable
from mailings.returning.return_path import token_of
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services.suppression import suppress
from tests.factories import NOW
from tests.mailings.returning import (
    AMARA,
    DOMAIN,
    away,
    complaint,
    postfix,
    qmail,
    returns_to,
    sent_mail,
)
from tests.mailings.taking import come_back, everything, seen, state

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def strange(row: Delivery) -> str:
    """A token with another signature."""
    mail, _dot, signature = token_of(row.pk).partition(".")
    return f"{mail}.{'b' if signature[0] == 'a' else 'a'}{signature[1:]}"


FORGED: list[tuple[Callable[[Delivery], bytes], str]] = [
    (lambda row: postfix(row, back="market@market.example"), "unsigned"),
    (lambda row: postfix(row, back=f"bounce+{strange(row)}@{DOMAIN}"), "bad_signature"),
    (lambda row: postfix(row, back=f"bounce+{token_of(UUID(int=7))}@{DOMAIN}"), "unknown_mail"),
    (lambda row: postfix(row, to="kofi@example.com"), "other_receiver"),
    (lambda row: complaint(row, token=strange(row)), "bad_signature"),
    (lambda row: qmail(row).replace(AMARA.encode(), b"kofi@example.com"), "other_receiver"),
]


@pytest.mark.parametrize(("forge", "doubt"), FORGED)
def test_a_forged_report_changes_nothing_and_is_counted(forge: Callable[[Delivery], bytes], doubt: str) -> None:
    row = sent_mail()
    sent_mail("kofi@example.com")
    raw, before = forge(row), everything()

    assert (come_back(raw), come_back(raw)) == (Outcome.FORGED, Outcome.KNOWN)

    assert (everything(), seen()) == (before, [("forged", doubt, "")])
    assert MailReport.objects.filter(words="", delivery=None).count() == 1


def test_a_forged_copy_that_comes_first_does_not_shut_out_the_real_one() -> None:
    row = sent_mail()

    come_back(postfix(row, back=f"bounce+{strange(row)}@{DOMAIN}"))
    come_back(postfix(row))

    assert [kind for kind, _doubt, _status in seen()] == ["forged", "hard"]


def test_a_bounce_of_a_mail_that_was_forgotten_brings_nothing_back() -> None:
    """Its person has left, and the outbox has let the mail go."""
    row = sent_mail()
    raw = postfix(row)
    row.delete()

    assert come_back(raw) == Outcome.FORGED

    assert everything() == [[], []]
    assert AMARA not in str(list(MailReport.objects.values_list()))


def test_what_a_mail_server_says_does_not_stand_above_what_a_person_wished() -> None:
    row = sent_mail()
    suppress(kind="email", value=AMARA, reason=Suppression.Reason.ERASED, now=NOW)
    before = list(Suppression.objects.values_list())

    come_back(postfix(row))

    assert list(Suppression.objects.values_list()) == before


def test_a_wish_takes_the_place_of_what_mail_servers_said(settings: Any) -> None:
    come_back(postfix(sent_mail()))
    settings.SUPPRESSION_KEYS = ["2:newer", *settings.SUPPRESSION_KEYS]

    suppress(kind="email", value=AMARA, reason=Suppression.Reason.REMOVED, now=NOW)

    assert list(Suppression.objects.values_list("reason", flat=True)) == ["removed"]


# --- what nobody should send


def test_an_answer_that_somebody_is_away_is_no_report() -> None:
    row = sent_mail()
    before = everything()

    assert come_back(away(row)) == Outcome.OTHER
    assert (everything(), seen()) == (before, [])


@pytest.mark.parametrize("raw", [b"", b"x" * (MOST + 1)])
def test_nothing_and_too_much_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        come_back(raw)
    assert seen() == []


def nested(depth: int) -> bytes:
    """Parts in parts."""
    heads = (f'Content-Type: multipart/mixed; boundary="b{number}"\r\n\r\n--b{number}\r\n' for number in range(depth))
    return "".join(heads).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\xfe" * 100,
        b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/feedback-report\r\n\r\n--x--",
        b"Content-Type: message/feedback-report; charset=\xff\r\n\r\nFeedback-Type: abuse\r\n\xff: \x00",
        b"Subject: =?x-none?q?=FF?=\r\nX-Failed-Recipients: <<>>,,;\r\n\r\nHi.",
        nested(3_000),
    ],
)
def test_broken_messages_change_nothing(raw: bytes) -> None:
    sent_mail()
    before = everything()

    try:
        outcome = come_back(raw)
    except Unreadable:
        outcome = Outcome.OTHER

    assert outcome in {Outcome.OTHER, Outcome.FORGED}
    assert everything() == before


def test_words_that_no_charset_knows_are_stored_as_far_as_they_can_be() -> None:
    row = sent_mail()
    raw = postfix(row, words="550 5.1.1 @@").replace(b"@@", b"\xe9\x00\x07\xff " + b"long " * 3000)

    assert come_back(raw) == Outcome.COUNTED

    words = MailReport.objects.get().words
    assert (len(words), words.isprintable(), is_suppressed("email", AMARA)) == (300, True, True)


def test_a_report_inside_of_an_attached_mail_is_not_this_messages_own() -> None:
    """Somebody sends us the bounce that they got."""
    row = sent_mail()
    raw = b"To: " + returns_to(row).encode() + b"\r\nContent-Type: message/rfc822\r\n\r\n" + postfix(row)

    assert come_back(raw) == Outcome.OTHER
    assert state(row) == "sent"
