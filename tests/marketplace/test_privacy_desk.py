"""The front page of admin says what the law wants by a day, to those who may open the lists."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from marketplace.privacy_desk import privacy_desk
from privacy.models import OPEN, Breach, ContractEnd, Receipt, Removal, SubjectRequest
from tests.factories import NOW, MemberFactory, ReceiverFactory
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ask(kind: str, state: str, *, due: timedelta) -> SubjectRequest:
    return SubjectRequest.objects.create(
        kind=kind,
        member=MemberFactory(),
        state=state,
        received_at=NOW - 30 * DAY,
        due_at=NOW + due,
        ended_at=None if state in OPEN else NOW,
    )


def owe(request: SubjectRequest, key: str, *, due: timedelta, **values: Any) -> None:
    wanted = {"receiver_kind": "partner", "receiver_key": key, "receiver_name": key, "change": "erase"}
    Receipt.objects.create(request=request, due_at=NOW + due, **(wanted | values))


def end_contract(*, due: timedelta, **values: Any) -> None:
    last = NOW.date() - DAY
    receiver = ReceiverFactory(kind="partner", until=last)
    ContractEnd.objects.create(receiver=receiver, ended_on=last, opened_at=NOW, due_at=NOW + due, **values)


def lines() -> list[tuple[str, int, int, Any]]:
    staff = make_staff("privacy officer")
    return [(one.name, one.open, one.overdue, one.due_at) for one in privacy_desk(staff, now=NOW)]


def test_an_empty_desk_says_so() -> None:
    assert lines() == [
        ("Requests about personal data", 0, 0, None),
        ("Removals", 0, 0, None),
        ("Receivers to confirm", 0, 0, None),
        ("Contracts that ended", 0, 0, None),
        ("Incidents", 0, 0, None),
    ]


def test_what_waits_is_counted_with_what_is_overdue_and_the_next_day() -> None:
    """What is answered, confirmed or closed waits no more; the clock of an incident ends when the authority is told."""
    late = ask("correction", "received", due=-DAY)
    Removal.objects.create(request=ask("removal", "review", due=3 * DAY), channel="phone")
    Removal.objects.create(request=ask("removal", "received", due=-3 * DAY), channel="form")  # anybody can type this
    ask("erasure", "done", due=-9 * DAY)
    owe(late, "a", due=-2 * DAY)
    owe(late, "b", due=DAY)
    owe(late, "c", due=-5 * DAY, confirmed_at=NOW, proof="Letter.")
    end_contract(due=DAY)
    end_contract(due=-2 * DAY, confirmed_at=NOW, proof="Letter.")
    end_contract(due=-3 * DAY, went_on_at=NOW)
    Breach.objects.create(title="x", happened="x", discovered_at=NOW - DAY)
    Breach.objects.create(title="x", happened="x", discovered_at=NOW - 9 * DAY, authority_told_at=NOW - 8 * DAY)
    Breach.objects.create(title="x", happened="x", discovered_at=NOW - 9 * DAY, closed_at=NOW, risk="high")
    Breach.objects.create(title="x", happened="x", discovered_at=NOW - 9 * DAY, risk="unlikely")

    assert lines() == [
        ("Requests about personal data", 1, 1, NOW - DAY),
        ("Removals", 1, 0, NOW + 3 * DAY),
        ("Receivers to confirm", 2, 1, NOW - 2 * DAY),
        ("Contracts that ended", 1, 0, NOW + DAY),
        ("Incidents", 3, 0, NOW + 2 * DAY),
    ]


def test_the_front_page_shows_it_to_the_privacy_officer_and_to_no_moderator() -> None:
    ask("correction", "received", due=-DAY)

    officer = at_work(make_staff("privacy officer")).get("/admin/")
    moderator = at_work(make_staff("moderator", email="second@example.com")).get("/admin/")

    assert ("Privacy desk" in officer.content.decode(), "1 overdue" in officer.content.decode()) == (True, True)
    assert ("Privacy desk" in moderator.content.decode(), moderator.context["deadlines"]) == (False, [])
    client = at_work(make_staff("privacy officer", email="third@example.com"))
    assert {client.get(one.url).status_code for one in officer.context["deadlines"]} == {200}


def test_each_number_is_that_of_the_rows_in_the_list_it_leads_to() -> None:
    """A removal that nobody has proved stands in none: anybody can type any address."""
    owe(ask("correction", "received", due=-DAY), "a", due=DAY)
    Removal.objects.create(request=ask("removal", "review", due=3 * DAY), channel="phone")
    Removal.objects.create(request=ask("removal", "hidden", due=3 * DAY), channel="form")
    for state in ("received", "done", "refused", "expired"):
        Removal.objects.create(request=ask("removal", state, due=-3 * DAY), channel="form")
    end_contract(due=DAY)
    end_contract(due=-DAY, went_on_at=NOW)
    Breach.objects.create(title="x", happened="x", discovered_at=NOW)
    officer = make_staff("privacy officer")
    client = at_work(officer)

    shown = {one.name: client.get(one.url).context["cl"].result_count for one in privacy_desk(officer, now=NOW)}

    assert shown == {one.name: one.open for one in privacy_desk(officer, now=NOW)}
    assert list(shown.values()) == [1, 2, 1, 1, 1]
