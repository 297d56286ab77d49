"""Asking to be deleted, and the work list of all requests: by when each is answered, and more time with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from privacy.models import OPEN, SubjectRequest
from privacy.services import requests as services
from privacy.services.requests import month_after
from tests.factories import NOW, PASSWORD, MemberFactory
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
CORRECT = reverse("privacy:correct")
LIST = reverse("admin:privacy_subjectrequest_changelist")
# Of states that no erasure is ever in, a kind of request that is.
KINDS = {
    **dict.fromkeys(["verified", "building", "ready", "failed"], "export"),
    **dict.fromkeys(["review", "hidden"], "removal"),
    "accepted": "correction",
}


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


# --- the work list ---------------------------------------------------------------------------------------------------


def ask(kind: str = "correction", *, member: Any = None, at: datetime | None = None, **values: Any) -> SubjectRequest:
    """Somebody asked then, in the state in which such a request begins to wait."""
    at = at or timezone.now()
    usual = {"state": "received", "received_at": at, "due_at": month_after(at), "identity_proof": "password"}
    return SubjectRequest.objects.create(kind=kind, member=member, **(usual | values))


def named(name: str) -> Any:
    return MemberFactory(full_name=name)


def test_the_work_list_has_the_most_urgent_on_top_says_what_is_overdue_and_has_what_is_answered_below() -> None:
    ask("erasure", member=named("Late Person"), at=datetime(2020, 1, 1, tzinfo=UTC))
    ask(member=named("Fresh Person"))
    ask(member=named("Near Person"), due_at=timezone.now() + timedelta(days=2, hours=1))
    ask(member=named("Done Person"), at=datetime(2019, 1, 1, tzinfo=UTC), state="accepted", ended_at=NOW)

    page = at_work(make_staff("privacy officer")).get(LIST).content.decode()

    assert page.count("overdue</b>") == 1
    assert page.count("2 days, 1 hour left".replace(" ", "\xa0", 1)) + page.count("2\xa0days left") == 1
    places = [page.index(f"{name} Person") for name in ("Late", "Near", "Fresh", "Done")]
    assert places == sorted(places)


def test_the_list_can_be_narrowed_to_what_waits_and_to_what_is_overdue() -> None:
    ask("erasure", member=named("Late Person"), at=datetime(2020, 1, 1, tzinfo=UTC))
    ask(member=named("Fresh Person"))
    ask(member=named("Done Person"), state="refused", ended_at=NOW)
    client = at_work(make_staff("privacy officer"))

    found = {
        choice: [name for name in ("Late", "Fresh", "Done") if f"{name} Person" in page]
        for choice in ("open", "overdue")
        for page in [client.get(LIST, {"waiting": choice}).content.decode()]
    }

    assert found == {"open": ["Late", "Fresh"], "overdue": ["Late"]}


@pytest.mark.parametrize("state", SubjectRequest.State.values)
def test_the_database_refuses_what_is_open_and_ended_or_neither(state: str) -> None:
    """Over all states: a new one is in OPEN or ends."""
    kind = KINDS.get(state, "erasure")
    wrong, right = (NOW, None) if state in OPEN else (None, NOW)

    with pytest.raises(IntegrityError, match="request_ended_unless_open"), transaction.atomic():
        ask(kind, state=state, ended_at=wrong)

    assert not SubjectRequest.objects.exists()
    assert ask(kind, state=state, ended_at=right).ended_at == right


def test_staff_take_two_months_more_and_the_person_reads_why() -> None:
    member = MemberFactory()
    request = ask(member=member)
    page = reverse("admin:privacy_subjectrequest_change", args=[request.pk])

    at_work(make_staff("privacy officer")).post(page, {"extension": " Your letters fill a room. "})

    due = month_after(month_after(request.due_at))
    request.refresh_from_db()
    assert (request.extension, request.due_at, request.state) == ("Your letters fill a room.", due, "received")
    mail = Delivery.objects.get(template="request_extended")
    assert (mail.to, "Your letters fill a room." in mail.text, f"{due:%Y}" in mail.text) == (member.email, True, True)
    assert "Your letters fill a room." in browser(member).get(CORRECT).content.decode()


def test_somebody_without_an_account_is_told_too() -> None:
    request = ask("removal", email="kofi@example.org", state="review")

    services.extend_request(request=request, reason="Many companies.", now=timezone.now())

    assert list(Delivery.objects.values_list("to", flat=True)) == ["kofi@example.org"]


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({}, " ", services.ReasonMissing),
        ({"extension": "Before."}, "Again.", services.NotExtendable),
        ({"state": "refused", "ended_at": NOW}, "It is answered.", services.NotExtendable),
        ({"due_at": NOW - timedelta(seconds=1)}, "The month is over.", services.NotExtendable),
    ],
)
def test_more_time_is_taken_once_with_a_reason_and_within_the_month(
    changes: dict[str, Any], reason: str, refusal: type[Exception]
) -> None:
    request = ask(member=MemberFactory(), at=NOW, **changes)
    before = SubjectRequest.objects.values().get()

    with pytest.raises(refusal):
        services.extend_request(request=request, reason=reason, now=NOW)

    assert (SubjectRequest.objects.values().get(), Delivery.objects.count()) == (before, 0)


def test_an_extended_request_offers_no_second_extension() -> None:
    request = ask(member=MemberFactory(), extension="Before.")
    page = reverse("admin:privacy_subjectrequest_change", args=[request.pk])

    client = at_work(make_staff("privacy officer"))

    assert "<textarea" not in client.get(page).content.decode()
    client.post(page, {"extension": "Again."})
    request.refresh_from_db()
    assert request.extension == "Before."


def test_moderators_see_none_of_the_privacy_work_lists() -> None:
    client = at_work(make_staff("moderator"))
    pages = ["subjectrequest", "correction", "receipt", "legalhold", "breach", "breachnotice"]

    assert [client.get(reverse(f"admin:privacy_{page}_changelist")).status_code for page in pages] == [403] * 6
