"""Somebody leaves while their mail comes back: the wish stands, whoever is first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LINH = "linh@example.com"


@pytest.mark.parametrize(("first", "second"), [("bounced", "erased"), ("erased", "bounced")])
def test_a_wish_stands_above_a_bounce_that_is_entered_at_the_same_moment(first: str, second: str) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                suppress(kind="email", value=LINH, reason=Suppression.Reason(first), now=NOW)
                entered.set()
                assert go_on.wait(30)
        finally:
            connection.close()

    def quick() -> None:
        try:
            threading.Timer(0.3, go_on.set).start()  # by then it waits for the row of the other
            suppress(kind="email", value=LINH, reason=Suppression.Reason(second), now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(slow)
        assert entered.wait(30)
        pool.submit(quick).result(30)
        waiting.result(30)

    assert list(Suppression.objects.values_list("reason", flat=True)) == ["erased"]
