"""That a mail was taken is written down last, unless something else is known of it by then."""

import pytest

from mailings.delivery.marking import ready_to_mark
from mailings.delivery.settling import note_sent
from mailings.models import FORGOTTEN, Delivery
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.desk import at, mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


def single(state: str) -> Delivery:
    """A mail to one person, with its words and an older answer."""
    row = queue_message(
        template="x", to="amara@example.com", language="en", subject="x", text="y", html="<p>y", now=NOW
    )
    Delivery.objects.filter(pk=row.pk).update(state=state, error="451 busy", name="Amara", lease_until=NOW)
    return row


def end_of(row: Delivery) -> tuple[str, str]:
    """State and last answer, after its server has taken it."""
    with ready_to_mark():
        note_sent(row)
    row.refresh_from_db()
    return row.state, row.error


@pytest.mark.parametrize("state", ["in_flight", "pending", "claimed", "uncertain"])
def test_what_a_server_took_is_sent_whoever_else_holds_the_row_by_now(state: str) -> None:
    """And its words are forgotten."""
    row = single(state)

    assert end_of(row) == ("sent", "")
    assert {name: getattr(row, name) for name in FORGOTTEN} == FORGOTTEN
    assert row.lease_until is None
    assert row.ended_at is not None


def test_a_mail_that_has_come_back_by_then_stays_so() -> None:
    row = single("bounced")

    assert end_of(row) == ("bounced", "451 busy")


def test_what_a_campaign_has_counted_as_uncertain_stays_so() -> None:
    (row,) = mails(at("sending"), "uncertain", error="may have arrived")

    assert end_of(row) == ("uncertain", "may have arrived")
