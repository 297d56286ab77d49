"""Asking for a correction or to be deleted: filed once, with a day by which it is answered, and answered once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from privacy.models import SubjectRequest
from privacy.services import requests as services
from privacy.services.requests import month_after
from tests.factories import NOW, PASSWORD, MemberFactory
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
CORRECT = reverse("privacy:correct")


def browser(member: Any, *, knows_password: bool = True) -> Client:
    """A browser of the member, who has just given the password or not."""
    client = Client()
    client.force_login(member)
    if knows_password:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 12, 27, 9, tzinfo=UTC)),
        (datetime(2026, 12, 15, 9, tzinfo=UTC), datetime(2027, 1, 15, 9, tzinfo=UTC)),
        (datetime(2027, 1, 31, 9, tzinfo=UTC), datetime(2027, 2, 28, 9, tzinfo=UTC)),
        (datetime(2028, 1, 30, 9, tzinfo=UTC), datetime(2028, 2, 29, 9, tzinfo=UTC)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_its_last_one(asked: datetime, due: datetime) -> None:
    assert month_after(asked) == due


def test_a_correction_is_filed_and_its_receipt_confirmed() -> None:
    member = MemberFactory()
    client = browser(member)

    answer = client.post(CORRECT, {"text": "The year is 1998."})

    request = SubjectRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, CORRECT)
    assert (request.kind, request.state, request.text, request.member) == (
        *("correction", "received", "The year is 1998."),
        member,
    )
    assert request.due_at == month_after(request.received_at)
    assert [(mail.template, mail.to) for mail in Delivery.objects.all()] == [("request_received", member.email)]
    page = client.get(CORRECT).content.decode()
    assert ("The year is 1998." in page, "<textarea" in page) == (True, False)


def test_without_a_text_nothing_is_filed_and_the_page_says_what_to_do() -> None:
    client = browser(MemberFactory())

    answer = client.post(CORRECT, {"text": " "})

    assert (answer.status_code, "This field is required." in answer.content.decode()) == (200, True)
    assert SubjectRequest.objects.count() == 0


def test_of_two_clicks_one_asks() -> None:
    client = browser(MemberFactory())

    for _click in range(2):
        client.post(CORRECT, {"text": "The year is 1998."})

    assert (SubjectRequest.objects.count(), Delivery.objects.count()) == (1, 1)


def test_one_sees_ones_own_requests_only() -> None:
    services.ask_staff(kind=SubjectRequest.Kind.CORRECTION, member=MemberFactory(), text="Their secret.", now=NOW)

    assert "Their secret." not in browser(MemberFactory()).get(CORRECT).content.decode()


def test_staff_answer_once_and_the_person_hears_it() -> None:
    member = MemberFactory()
    request = services.ask_staff(kind=SubjectRequest.Kind.CORRECTION, member=member, text="The year.", now=NOW)
    Delivery.objects.all().delete()
    client = at_work(make_staff("privacy officer"))
    page = reverse("admin:privacy_subjectrequest_change", args=[request.pk])

    client.post(page, {"answer": "It is 1998 now."})
    client.post(page, {"answer": "It is 1999 now."})  # an old page in another window

    request.refresh_from_db()
    assert (request.state, request.answer, request.ended_at is not None) == ("accepted", "It is 1998 now.", True)
    assert [(mail.to, "It is 1998 now." in mail.text) for mail in Delivery.objects.all()] == [(member.email, True)]
    with pytest.raises(services.AlreadyAnswered):
        services.answer_request(request=request, answer="Again.", now=timezone.now())
    assert "It is 1998 now." in browser(member).get(CORRECT).content.decode()


def test_an_answer_without_words_is_not_sent() -> None:
    request = services.ask_staff(kind=SubjectRequest.Kind.CORRECTION, member=MemberFactory(), text="x", now=NOW)

    at_work(make_staff("privacy officer")).post(
        reverse("admin:privacy_subjectrequest_change", args=[request.pk]), {"answer": "  "}
    )

    request.refresh_from_db()
    assert (request.state, request.answer, Delivery.objects.count()) == ("received", "", 1)


def test_the_work_list_has_the_most_urgent_on_top_and_says_what_is_overdue() -> None:
    late = services.ask_staff(
        kind=SubjectRequest.Kind.ERASURE,
        member=MemberFactory(full_name="Late Person"),
        text="",
        now=datetime(2020, 1, 1, tzinfo=UTC),
    )
    fresh = services.ask_staff(
        kind=SubjectRequest.Kind.CORRECTION,
        member=MemberFactory(full_name="Fresh Person"),
        text="x",
        now=timezone.now(),
    )

    page = (
        at_work(make_staff("privacy officer")).get(reverse("admin:privacy_subjectrequest_changelist")).content.decode()
    )

    assert page.count("overdue") == 1
    assert page.index("Late Person") < page.index("Fresh Person")
    assert late.due_at < fresh.due_at


def test_moderators_do_not_see_requests() -> None:
    assert at_work(make_staff("moderator")).get(reverse("admin:privacy_subjectrequest_changelist")).status_code == 403
