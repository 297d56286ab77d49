"""What has been gone for 400 days is forgotten, and nothing else; cursors from before end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offerboard.models import Lead
from offerboard.services.lead_states import close_lead, pause_lead, resume_lead
from partners import numbering
from partners.cursors import Place, write_place
from partners.delivery.messages import write_message
from partners.models import Change, Feed
from partners.numbering import REMEMBERED, forget_tombstones, number_changes
from partners.selectors.changes import CursorGone, changes_page, place_now
from tests.factories import NOW, LeadFactory, WebhookDeliveryFactory
from tests.partners.calling import Caller, partner_caller

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + REMEMBERED + timedelta(days=1)


@pytest.fixture(autouse=True)
def today(settings: Any) -> Iterator[None]:
    """Each batch holds two."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=False):
        patch.setattr(numbering, "BATCH", 2)
        yield


@pytest.fixture
def leads() -> list[Lead]:
    """Five that their company closes one after the other, and one that stays, all of a single company."""
    first = LeadFactory(expires_at=LATER + timedelta(days=1))
    others = LeadFactory.create_batch(5, company=first.company, expires_at=LATER + timedelta(days=1))
    number_changes(now=NOW)
    for lead in others:
        close_lead(lead=lead, now=NOW)
        number_changes(now=NOW)
    return [first, *others]


def known() -> set[str]:
    return set(Change.objects.filter(kind="lead").values_list("key", flat=True))


def asked(caller: Caller, cursor: str) -> int:
    return int(caller.get("changes/", after=cursor).status_code)


def test_all_that_is_long_gone_is_forgotten_however_many_batches_it_takes(leads: list[Lead]) -> None:
    last = Feed.objects.get().last

    assert forget_tombstones(now=LATER) == 5
    assert (known(), Feed.objects.get().forgotten) == ({leads[0].slug}, last)


def test_what_went_lately_is_remembered(leads: list[Lead]) -> None:
    """And so is what is public, however long ago it changed."""
    assert forget_tombstones(now=NOW + REMEMBERED) == 0
    assert (known(), Feed.objects.get().forgotten) == ({lead.slug for lead in leads}, 0)


def test_what_is_back_is_not_forgotten(leads: list[Lead]) -> None:
    """Its change has moved to the end of the feed."""
    pause_lead(lead=leads[0], now=NOW)
    number_changes(now=NOW)
    resume_lead(lead=leads[0], now=NOW)
    number_changes(now=LATER)

    assert forget_tombstones(now=LATER) == 5
    assert known() == {leads[0].slug}


def test_cursors_end_that_have_not_seen_what_is_forgotten(leads: list[Lead]) -> None:
    """Those that have go on."""
    caller, unseen = partner_caller(), place_now()
    Lead.objects.filter(pk=leads[0].pk).delete()
    number_changes(now=NOW)
    forget_tombstones(now=NOW + REMEMBERED)
    before = asked(caller, unseen)
    forget_tombstones(now=LATER)

    assert (before, asked(caller, unseen), asked(caller, place_now())) == (200, 410, 200)


def test_nothing_is_looked_for_while_the_feed_is_held(leads: list[Lead]) -> None:
    """Between BEGIN and COMMIT, readers who would number changes find the sequencer busy."""
    with CaptureQueriesContext(connection) as asked_of_database:
        forget_tombstones(now=LATER)

    said = " ".join(query["sql"].split()[0] for query in asked_of_database)
    assert said.count("BEGIN UPDATE DELETE COMMIT") == said.count("BEGIN") == 3


@contextmanager
def forgetting_before_rows_are_read() -> Iterator[None]:
    """The nightly job comes between a reader's look at the feed and the one at its rows."""
    waits = True

    def come_between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal waits
        if waits and sql.startswith("SELECT") and 'FROM "partners_change"' in sql:
            waits = False
            assert forget_tombstones(now=LATER) == 5
        return execute(sql, params, many, context)

    with connection.execute_wrapper(come_between):
        yield
    assert not waits


@pytest.mark.usefixtures("leads")
def test_what_is_forgotten_while_a_page_is_read_is_not_passed_over() -> None:
    """Else the reader would keep what has gone, with a cursor behind it."""
    start = write_place(Place(Feed.objects.get().epoch, 1))

    with forgetting_before_rows_are_read(), pytest.raises(CursorGone):
        changes_page(after=start, kinds=["lead"], most=9, partner=None, clock=lambda: LATER)


@pytest.mark.usefixtures("leads")
def test_nor_while_a_message_is_written() -> None:
    feed = Feed.objects.get()
    message = WebhookDeliveryFactory(kinds=["lead"], epoch=feed.epoch, after=1, up_to=feed.last)

    with forgetting_before_rows_are_read(), pytest.raises(CursorGone):
        write_message(message)
