"""The application cannot change or delete what somebody said, by whatever way it tries (migration 0004)."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from privacy.models import ConsentEvent, ConsentLink, ConsentWords, PolicyVersion
from privacy.services.consent import consent_key
from tests.factories import MemberFactory
from tests.privacy.answering import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "guarded")]
DAY = timedelta(days=1)


@pytest.fixture
def guarded(db: None) -> None:
    """As in a real installation; tests/conftest.py allows tests to empty the table."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_consentevent ENABLE TRIGGER consent_is_not_emptied")


@pytest.fixture
def event() -> ConsentEvent:
    """Said yesterday, and as good as committed: a table with rows to check cannot be emptied anyway."""
    said = say(uuid4(), True, at=timezone.now() - DAY)[0]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return said


def sql(statement: str) -> Callable[[ConsentEvent], Any]:
    def run(event: ConsentEvent) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(event.pk))

    return run


def save(event: ConsentEvent) -> None:
    event.given = False
    event.save()


WAYS: dict[str, Callable[[ConsentEvent], Any]] = {
    "save": save,
    "delete": lambda event: event.delete(),
    "update of many": lambda event: ConsentEvent.objects.update(given=False),
    "bulk update": lambda event: ConsentEvent.objects.bulk_update([event], ["at"]),
    "delete of many": lambda event: ConsentEvent.objects.all().delete(),
    "upsert": lambda event: ConsentEvent.objects.bulk_create(
        [event], update_conflicts=True, unique_fields=["id"], update_fields=["given"]
    ),
    "UPDATE": sql("UPDATE privacy_consentevent SET at = at - interval '8 years' WHERE id = {}"),
    "UPDATE without a change": sql("UPDATE privacy_consentevent SET given = given WHERE id = {}"),
    "DELETE": sql("DELETE FROM privacy_consentevent WHERE id = {}"),
    "TRUNCATE": sql("TRUNCATE privacy_consentevent"),
    "TRUNCATE of the words": sql("TRUNCATE privacy_consentwords CASCADE"),
    "words changed": lambda event: ConsentWords.objects.update(text="Something else"),
    "words deleted": lambda event: ConsentWords.objects.all().delete(),
}


def everything() -> list[Any]:
    return [*ConsentEvent.objects.order_by("pk").values_list(), *ConsentWords.objects.values_list()]


@pytest.mark.promise("consent-append-only")
@pytest.mark.parametrize("way", WAYS)
def test_nothing_changes_a_word_that_was_said(way: str, event: ConsentEvent) -> None:
    before = everything()

    with pytest.raises(Exception, match=r"only added to|protected foreign keys"), transaction.atomic():
        WAYS[way](event)

    assert everything() == before
    assert len(before) == 2


def test_the_database_says_why(event: ConsentEvent) -> None:
    with pytest.raises(ProgrammingError, match="the ledger of consent is only added to"), transaction.atomic():
        event.delete()


def test_erasing_the_person_leaves_the_words_and_takes_the_way_to_them() -> None:
    member = MemberFactory()
    (event,) = say(consent_key(member=member), True)

    member.delete()

    assert ConsentEvent.objects.filter(pk=event.pk).exists()
    assert not ConsentLink.objects.exists()


def said_at(*times: datetime) -> list[ConsentEvent]:
    """Yes, no, yes … of one person."""
    subject = uuid4()
    return [event for number, at in enumerate(times) for event in say(subject, number % 2 == 0, at=at)]


@pytest.mark.parametrize(
    ("years_ago", "goes"),
    [
        ((4.1,), True),  # four years after it was said by whom nobody can find
        ((3.9,), False),
        ((6.0, 3.1), True),  # three years after it was overtaken
        ((6.0, 2.9), False),
    ],
)
def test_a_word_may_go_after_its_time_and_not_before(years_ago: tuple[float, ...], goes: bool) -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=3650)
    PolicyVersion.objects.update(published_at=long_ago, effective_at=long_ago)
    first, *later = said_at(*(now - timedelta(days=365.25 * years) for years in years_ago))

    with nullcontext() if goes else pytest.raises(ProgrammingError), transaction.atomic():
        ConsentEvent.objects.filter(pk=first.pk).delete()

    assert ConsentEvent.objects.filter(pk=first.pk).exists() is not goes
    assert ConsentEvent.objects.filter(pk__in=[one.pk for one in later]).count() == len(later)


def test_what_somebody_who_is_here_agreed_to_stays_however_old_it_is() -> None:
    long_ago = timezone.now() - timedelta(days=3650)
    PolicyVersion.objects.update(published_at=long_ago, effective_at=long_ago)
    (event,) = say(consent_key(member=MemberFactory()), True, at=long_ago + timedelta(days=1))

    with pytest.raises(ProgrammingError), transaction.atomic():
        ConsentEvent.objects.filter(pk=event.pk).delete()

    assert ConsentEvent.objects.filter(pk=event.pk).exists()
