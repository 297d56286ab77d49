"""What staff see of bounces and complaints."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from mailings.models import MailReport
from mailings.returning.consequences import take_report
from tests.factories import NOW
from tests.mailings.returning import AMARA, complaint, postfix, sent_mail
from tests.staff import at_work, changelist, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bounce() -> MailReport:
    """One bounce, one complaint, and two forged ones."""
    one, other = sent_mail(), sent_mail("kofi@example.com")
    for raw in (postfix(one), complaint(other), postfix(one, to="x@example.com"), postfix(one, back="y@example.com")):
        take_report(raw=raw, source=MailReport.Source.MAILDIR, now=NOW)
    return MailReport.objects.get(kind="hard")


def test_the_list_shows_what_came_back_and_counts_what_was_forged(bounce: MailReport) -> None:
    client = at_work(make_staff("communications"))

    answer = client.get(changelist("mailings_mailreport"))
    page = answer.content.decode()

    assert dict(answer.context["counts"]) == {
        "there is no such mailbox": 1,
        "did not arrive this time": 0,
        "turned away for what it was or who sent it": 0,
        "waits at a server": 0,
        "called unwanted": 1,
        "not about a mail of ours": 2,
    }
    assert (AMARA in page, "kofi@example.com" in page, "x@example.com" in page, "5.1.1" in page) == (
        True, True, False, True,
    )  # fmt: skip
    assert client.get(changelist("mailings_mailreport"), {"kind__exact": "forged"}).status_code == 200


def test_counts_are_those_of_the_last_month(bounce: MailReport) -> None:
    MailReport.objects.update(received_at=NOW - timedelta(days=31))

    answer = at_work(make_staff("privacy officer")).get(changelist("mailings_mailreport"))

    assert sum(count for _words, count in answer.context["counts"]) == 0


def test_the_outbox_shows_what_was_heard_of_a_mail(bounce: MailReport, django_assert_max_num_queries: Any) -> None:
    client = at_work(make_staff("communications"))
    for number in range(20):
        take_report(raw=postfix(sent_mail(), number=str(number)), source=MailReport.Source.MAILDIR, now=NOW)

    with django_assert_max_num_queries(15):
        page = client.get(changelist("mailings_delivery")).content.decode()
    own = client.get(reverse("admin:mailings_delivery_change", args=[bounce.delivery_id])).content.decode()

    assert ("there is no such mailbox" in page, "called unwanted" in page) == (True, True)
    assert ("User unknown" in own, "Secret link" in own) == (True, False)


def test_nothing_of_it_can_be_changed(bounce: MailReport) -> None:
    client = at_work(make_staff("administrator"))
    before = list(MailReport.objects.order_by("pk").values_list())
    place = reverse("admin:mailings_mailreport_change", args=[bounce.pk])

    answers = [client.get(place).status_code, client.post(place, {"kind": "soft"}).status_code]
    answers += [client.get(reverse("admin:mailings_mailreport_add")).status_code]
    answers += [client.post(reverse("admin:mailings_mailreport_delete", args=[bounce.pk])).status_code]
    answers += [client.get(changelist("mailings_mailreport"), {"delivery__text__startswith": "S"}).status_code]

    assert answers == [200, 403, 403, 403, 400]
    assert list(MailReport.objects.order_by("pk").values_list()) == before


def test_moderators_see_none_of_it(bounce: MailReport) -> None:
    assert at_work(make_staff("moderator")).get(changelist("mailings_mailreport")).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "forged"},
        {"doubt": "unsigned"},
        {"delivery": None},
        {"kind": "unheard"},
        {"source": "pigeon"},
        {"kind": "forged", "delivery": None, "doubt": "unsigned"},  # and still with words
    ],
)
def test_the_database_refuses_a_report_that_contradicts_itself(bounce: MailReport, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MailReport.objects.filter(pk=bounce.pk).update(**wrong)
