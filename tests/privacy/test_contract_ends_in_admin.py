"""Staff see whose contract has ended and who has not deleted; what comes by letter they note."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from privacy.models import ContractEnd
from tests.factories import NOW, ReceiverFactory
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = reverse("admin:privacy_contractend_changelist")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer() -> Client:
    return at_work(make_staff("privacy officer"))


def ended(name: str, *, due: timedelta = 9 * DAY, **values: Any) -> ContractEnd:
    made: ContractEnd = ContractEnd.objects.create(
        receiver=ReceiverFactory(kind="partner", name=name, until=NOW.date() - DAY),
        ended_on=NOW.date() - DAY,
        opened_at=NOW,
        due_at=NOW + due,
        **values,
    )
    return made


def fresh(end: ContractEnd) -> ContractEnd:
    end.refresh_from_db()
    return end


def page_of(end: ContractEnd) -> str:
    return reverse("admin:privacy_contractend_change", args=[end.pk])


def test_the_work_list_has_what_is_overdue_on_top_and_what_went_on_at_the_end(officer: Client) -> None:
    ended("D went on", went_on_at=NOW)
    ended("C confirmed", confirmed_at=NOW, proof="Letter.")
    ended("B fresh")
    ended("A late", due=-DAY, told_at=NOW)

    page = officer.get(LIST).content.decode()

    places = [page.index(name) for name in ("A late", "B fresh", "C confirmed", "D went on")]
    assert (places == sorted(places), page.count("overdue</b>")) == (True, 1)
    for waiting, shown in (("overdue", {"A late"}), ("tell", {"B fresh"}), ("open", {"A late", "B fresh"})):
        rows = officer.get(LIST, {"waiting": waiting}).context["cl"].result_list
        assert {str(row.receiver) for row in rows} == shown


def test_staff_note_that_they_told_and_how_it_was_confirmed(officer: Client) -> None:
    end = ended("Agri List")

    officer.post(LIST, {"action": "told", "_selected_action": [end.pk]})
    told = fresh(end).told_at, end.reminded_at
    officer.post(LIST, {"action": "told", "_selected_action": [end.pk]})
    reminded = fresh(end).reminded_at
    officer.post(page_of(end), {"proof": " "})
    unconfirmed = fresh(end).confirmed_at
    officer.post(page_of(end), {"proof": "Letter of 3 March."})

    assert (told, reminded, unconfirmed) == ((NOW, None), NOW, None)
    assert (fresh(end).proof, end.confirmed_at) == ("Letter of 3 March.", NOW)


@pytest.mark.parametrize("values", [{"confirmed_at": NOW, "proof": "Letter."}, {"went_on_at": NOW}])
def test_what_is_confirmed_or_asked_no_more_stays_as_it_is(officer: Client, values: dict[str, Any]) -> None:
    end = ended("Agri List", **values)
    before = ContractEnd.objects.values().get()

    officer.post(LIST, {"action": "told", "_selected_action": [end.pk]})
    answer = officer.post(page_of(end), {"proof": "Another."})

    assert (answer.status_code, ContractEnd.objects.values().get()) == (403, before)


def test_moderators_do_not_see_it() -> None:
    end = ended("Agri List")
    moderator = at_work(make_staff("moderator"))

    assert {moderator.get(place).status_code for place in (LIST, page_of(end))} == {403}
    assert moderator.post(page_of(end), {"proof": "Letter."}).status_code == 403
    assert fresh(end).confirmed_at is None


def test_the_database_refuses_a_confirmation_without_words() -> None:
    end = ended("Agri List")

    with pytest.raises(IntegrityError, match="contract_end_confirmed_is_proved"), transaction.atomic():
        ContractEnd.objects.update(confirmed_at=NOW)

    assert fresh(end).confirmed_at is None
