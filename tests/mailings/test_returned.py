"""What bounces and complaints do, once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from mailings import tasks
from mailings.models import Delivery, MailReport
from mailings.returning.consequences import Outcome
from mailings.services import queue_message
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services.suppression import lift
from tests.factories import NOW
from tests.mailings.catcher import Catcher
from tests.mailings.returning import (
    AMARA,
    DOMAIN,
    complaint,
    exchange,
    exim,
    gmail,
    postfix,
    qmail,
    sent_mail,
)
from tests.mailings.taking import come_back, everything, seen, state

pytestmark = pytest.mark.django_db(transaction=True)
Shape = Callable[[Delivery], bytes]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- hard bounces


@pytest.mark.parametrize(
    ("shape", "status"),
    [(postfix, "5.1.1"), (exchange, "5.1.10"), (gmail, "5.1.1"), (qmail, "5.1.1"), (exim, "5.1.1")],
)
def test_a_mailbox_that_is_none_is_not_written_to_again(shape: Shape, status: str) -> None:
    row, other = sent_mail(), sent_mail("kofi@example.com")

    assert come_back(shape(row)) == Outcome.COUNTED

    assert (state(row), row.error.startswith(status), state(other)) == ("bounced", True, "sent")
    assert seen() == [("hard", "", status)]
    assert list(Suppression.objects.values_list("kind", "reason")) == [("email", "bounced")]
    assert (is_suppressed("email", AMARA), is_suppressed("email", "kofi@example.com")) == (True, False)
    assert queue_unasked() == 0


def queue_unasked() -> int:
    """How many rows come of a mail that its receiver did not ask for."""
    before = Delivery.objects.count()
    queue_message(template="x", to=AMARA, language="en", subject="x", text="x", html="", now=NOW)
    return Delivery.objects.count() - before


def test_what_its_holder_asks_for_still_goes_out_and_the_proof_of_the_mailbox_ends_it() -> None:
    come_back(postfix(sent_mail()))

    queue_message(template="x", to=AMARA, language="en", subject="x", text="x", html="", now=NOW, asked_for=True)
    assert Delivery.objects.filter(template="x").count() == 1
    assert queue_unasked() == 0

    lift(kind="email", value=AMARA, now=NOW)
    assert queue_unasked() == 1


@pytest.mark.parametrize("shape", [postfix, complaint])
def test_the_same_message_twice_counts_once_whichever_way_it_comes(shape: Shape) -> None:
    raw = shape(sent_mail())

    first = come_back(raw)
    before = everything()
    with_another_way = b"Delivered-To: x@market.example\r\nReceived: by b\r\n" + raw

    assert (first, come_back(raw), come_back(with_another_way, MailReport.Source.WEBHOOK)) == (
        Outcome.COUNTED, Outcome.KNOWN, Outcome.KNOWN,
    )  # fmt: skip
    assert (MailReport.objects.count(), everything()) == (1, before)


def test_of_two_workers_with_one_message_one_counts_it() -> None:
    raw, start = postfix(sent_mail()), threading.Barrier(4)

    def work(source: MailReport.Source) -> Outcome:
        start.wait()
        try:
            return come_back(raw, source)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, [MailReport.Source.MAILDIR, MailReport.Source.WEBHOOK] * 2))

    assert sorted(outcomes) == [Outcome.COUNTED, *[Outcome.KNOWN] * 3]
    assert (MailReport.objects.count(), Suppression.objects.count()) == (1, 1)


def test_a_bounce_after_the_holder_came_back_counts_no_second_time() -> None:
    raw = postfix(sent_mail())
    come_back(raw)
    lift(kind="email", value=AMARA, now=NOW)

    come_back(raw)

    assert not is_suppressed("email", AMARA)


def test_the_link_of_a_mail_that_came_back_is_blanked() -> None:
    row = sent_mail()

    come_back(postfix(row))

    row.refresh_from_db()
    assert (row.text, row.html, row.ended_at) == ("", "", NOW.replace(minute=0))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.2", "hard"), ("5.2.1", "hard"), ("5.4.1", "hard"), ("5.4.4", "hard"), ("5.1.6", "hard"),
        ("5.2.2", "soft"), ("5.0.0", "soft"), ("4.4.1", "soft"), ("5.4.7", "soft"), ("5.1.0", "soft"),
        ("5.7.1", "refused"), ("5.1.8", "refused"), ("5.3.4", "refused"),
    ],
)  # fmt: skip
def test_the_code_says_whether_the_address_is_to_blame(status: str, kind: str) -> None:
    row = sent_mail()

    come_back(postfix(row, status=status, words="said no"))

    assert (seen(), state(row)) == ([(kind, "", status)], "bounced")
    assert is_suppressed("email", AMARA) == (kind == "hard")


def test_a_delay_changes_nothing_also_when_it_is_told_after_the_end() -> None:
    row = sent_mail()
    late = postfix(row, action="delayed", status="4.4.1", number="delay")

    come_back(late)
    assert (state(row), seen()) == ("sent", [("delayed", "", "4.4.1")])

    come_back(postfix(row, number="end"))
    before = everything()
    come_back(postfix(row, action="delayed", status="4.4.1", number="late"))

    assert (everything(), MailReport.objects.count()) == (before, 3)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_good_news_is_no_bounce(action: str) -> None:
    row = sent_mail()
    before = everything()

    assert come_back(postfix(row, action=action)) == Outcome.OTHER
    assert (everything(), seen()) == (before, [])


def test_a_bounce_may_be_quicker_than_the_worker_that_sent_the_mail(catcher: Catcher, settings: Any) -> None:
    """The server answers 250 only after its own bounce has come back."""
    settings.BOUNCE_DOMAIN = DOMAIN
    row = queue_message(template="x", to=AMARA, language="en", subject="x", text="link", html="", now=NOW)

    def bounce_first(_address: str) -> None:
        come_back(postfix(row))

    catcher.on_dot = bounce_first
    tasks.send_due_mail()

    assert (len(catcher.mails), state(row), row.text, row.lease_until) == (1, "bounced", "", None)


def test_a_second_copy_is_not_sent_after_the_first_came_back(catcher: Catcher) -> None:
    row = sent_mail(state="pending", ended_at=None)

    come_back(postfix(row))
    tasks.send_due_mail()

    assert (catcher.mails, state(row), row.ended_at) == ([], "bounced", NOW)


# --- soft ones


def fail(row: Delivery) -> None:
    come_back(postfix(row, status="5.2.2", words="552 5.2.2 Mailbox full", number=row.pk.hex))


def test_five_mails_in_a_row_that_do_not_arrive_are_enough() -> None:
    rows = [sent_mail(minutes=number) for number in range(5)]

    for row in rows[:4]:
        fail(row)
    assert not is_suppressed("email", AMARA)
    fail(rows[4])

    assert Suppression.objects.get().reason == "bounced"


def test_they_are_counted_in_the_order_in_which_the_mails_left() -> None:
    rows = [sent_mail(minutes=number) for number in range(6)]

    for row in reversed([rows[0], *rows[2:]]):
        fail(row)
    assert not is_suppressed("email", AMARA)  # the second one may have arrived
    fail(rows[1])

    assert is_suppressed("email", AMARA)


def test_one_that_arrived_between_them_begins_the_count_anew() -> None:
    for number in range(10):
        row = sent_mail(minutes=number)
        if number != 4:
            fail(row)
        assert is_suppressed("email", AMARA) == (number == 9)


def test_what_is_older_than_a_month_does_not_count() -> None:
    for number in range(5):
        row = sent_mail(minutes=number)
        Delivery.objects.filter(pk=row.pk, ended_at=NOW.replace(minute=0)).update(ended_at=NOW - timedelta(days=31))
        fail(row)

    assert (MailReport.objects.count(), is_suppressed("email", AMARA)) == (5, False)


def test_mails_of_others_and_many_words_about_one_mail_do_not_add_up() -> None:
    for number in range(4):
        fail(sent_mail(minutes=number))
    fail(sent_mail("kofi@example.com"))
    one = sent_mail(minutes=9)
    for number in range(3):
        come_back(postfix(one, status="5.7.1", words="no", number=str(number)))

    assert Suppression.objects.count() == 0


# --- complaints


@pytest.mark.parametrize("receiver", [None, "", "redacted@example.com"])
@pytest.mark.parametrize("with_mail", [True, False])
def test_a_complaint_suppresses_also_where_the_provider_hides_who_complained(
    receiver: str | None, with_mail: bool
) -> None:
    row = sent_mail()

    assert come_back(complaint(row, receiver=receiver, with_mail=with_mail)) == Outcome.COUNTED

    assert (state(row), seen()) == ("sent", [("complaint", "", "")])  # it did arrive
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize("kind", ["not-spam", "virus", "fraud", "other"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    row = sent_mail()

    assert come_back(complaint(row, kind=kind)) == Outcome.OTHER
    assert (seen(), Suppression.objects.count()) == ([], 0)


def test_a_complaint_of_somebody_to_whom_it_was_passed_on_changes_nothing() -> None:
    row = sent_mail()

    assert come_back(complaint(row, receiver="colleague@example.com")) == Outcome.FORGED
    assert (seen(), Suppression.objects.count()) == ([("forged", "other_receiver", "")], 0)


# --- refused while it was handed over


@pytest.mark.parametrize(
    ("answer", "kind", "suppressed"),
    [
        ("550 5.1.1 No such user", "hard", True),
        ("552 5.2.2 Full", "soft", False),
        ("554 5.7.1 Relay access denied", "refused", False),
        ("550 No", "refused", False),
    ],
)
def test_a_refusal_at_once_counts_like_a_bounce(catcher: Catcher, answer: str, kind: str, suppressed: bool) -> None:
    catcher.on_recipient = lambda _address: answer
    row = queue_message(template="x", to=AMARA, language="en", subject="x", text="x", html="", now=NOW)

    tasks.send_due_mail()

    assert (state(row), [one for one, _doubt, _status in seen()]) == ("bounced", [kind])
    assert is_suppressed("email", AMARA) == suppressed
