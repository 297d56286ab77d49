"""Somebody leaves while their mail comes back: the wish stands, whoever is first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def enter(reason: str) -> None:
    suppress(kind="email", value="linh@example.com", reason=Suppression.Reason(reason), now=NOW)


@pytest.mark.parametrize(("first", "second"), [("bounced", "erased"), ("erased", "bounced")])
def test_a_wish_stands_above_a_bounce_that_is_entered_at_the_same_moment(first: str, second: str) -> None:
    def enter_second() -> None:
        try:
            enter(second)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            enter(first)
            waiting = pool.submit(enter_second)
            wait_for(waiting)  # for the row that is not committed yet
            has_waited = not waiting.done()
        waiting.result(120)

    assert has_waited
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["erased"]
