"""The change feed as a partner's program reads it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offerboard.models import Lead
from partners.models import Mark
from partners.numbering import number_changes
from partners.scopes import Scope
from partners.selectors.changes import changes_page, place_now
from tests.factories import NOW, LeadFactory
from tests.partners.calling import partner_caller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def changes(caller: Any, after: str, **more: Any) -> tuple[list[tuple[str, str]], str]:
    """Action and id of each change of a lead, and the next cursor."""
    page = caller.get("changes/", after=after, kind="lead", **more).json()
    return [(one["action"], one["id"]) for one in page["changes"]], page["next"]


def test_a_lead_comes_with_all_that_the_api_says_of_it_and_goes_as_a_tombstone() -> None:
    """The object of an upsert is that of the export."""
    caller, start = partner_caller(), place_now()
    lead = LeadFactory(title='Robusta "S18"\n\\ washed')

    page = caller.get("changes/", after=start, kind="lead").json()
    Lead.objects.filter(pk=lead.pk).update(state=Lead.State.PAUSED)
    then = caller.get("changes/", after=page["next"], kind="lead").json()

    assert [(one["action"], one["object"]["title"]) for one in page["changes"]] == [("upsert", lead.title)]
    assert [(one["action"], one["id"], one["reason"]) for one in then["changes"]] == [("remove", lead.slug, "gone")]


def test_a_change_that_commits_late_is_not_missed() -> None:
    """Two marks; the one that was written first is committed after the other was read."""
    caller, start = partner_caller(), place_now()
    early, late = LeadFactory(), LeadFactory()
    number_changes(now=NOW)
    held = Mark.objects.create(kind="lead", key=early.slug)
    first, cursor = changes(caller, start)

    assert (sorted(first), Mark.objects.filter(pk=held.pk).exists()) == (
        sorted([("upsert", early.slug), ("upsert", late.slug)]),
        False,
    )
    assert changes(caller, cursor)[0] == []


def test_of_many_changes_of_one_lead_the_latest_is_left() -> None:
    """A reader who comes late reads each thing once."""
    caller, start = partner_caller(), place_now()
    lead, other = LeadFactory(), LeadFactory()
    for number in range(3):
        Lead.objects.filter(pk=lead.pk).update(title=f"Title {number}")
        number_changes(now=NOW)

    assert changes(caller, start)[0] == [("upsert", other.slug), ("upsert", lead.slug)]


def test_pages_end_where_the_feed_does() -> None:
    """Page by page it is the same as at once."""
    caller, start = partner_caller(), place_now()
    made = [LeadFactory().slug for _ in range(5)]

    seen, cursor, more = [], start, True
    while more:
        page = caller.get("changes/", after=cursor, kind="lead", page_size=2).json()
        seen += [one["id"] for one in page["changes"]]
        cursor, more = page["next"], page["has_more"]

    assert seen == made


@pytest.mark.parametrize("cursor", ["", "x", "a:b", "ImEi:x" * 90])
def test_a_cursor_that_is_none_of_ours_is_named(cursor: str) -> None:
    """With what to do about it."""
    answer = partner_caller().get("changes/", after=cursor)

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["errors"][0]["name"]) == (
        400,
        "application/problem+json",
        "after",
    )


def test_a_key_sees_the_kinds_that_it_may_read() -> None:
    """Without a word about it, and with a refusal when it asks for others."""
    caller, start = partner_caller(Scope.CHANGES_READ, Scope.COMPANIES_READ), place_now()
    LeadFactory()

    page = caller.get("changes/", after=start).json()
    refused = caller.get("changes/", after=start, kind="lead")

    assert {one["kind"] for one in page["changes"]} == {"company"}
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Changes of the kind lead need the scope leads:read.",
    )


def test_a_key_that_may_read_no_kind_is_told_which_scopes_would_do() -> None:
    """An empty page for ever would look as if nothing changed."""
    refused = partner_caller(Scope.CHANGES_READ).get("changes/", after=place_now())

    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "scope-missing")
    assert refused.json()["detail"] == (
        "The key may read nothing that changes. It needs one of these too: companies:read, leads:read."
    )


def test_the_clock_is_read_after_the_rows() -> None:
    """What is posted while a page is read would be told as gone by an earlier clock, and passed over for ever."""
    start, lead, asked = place_now(), LeadFactory(), []
    number_changes(now=NOW)

    with CaptureQueriesContext(connection) as queries:

        def clock() -> datetime:
            asked.extend(queries.captured_queries)
            return NOW

        page = changes_page(after=start, kinds=["lead"], most=9, partner=None, clock=clock)

    assert any("partners_change" in query["sql"] for query in asked)
    assert [json.loads(one)["id"] for one in page.changes] == [lead.slug]


@pytest.mark.parametrize("ahead", [1, 50])
def test_what_a_server_with_a_faster_clock_has_posted_is_told_by_the_others(ahead: int) -> None:
    """They know it as something that will be posted in a moment; told as gone, it would be passed over for ever."""
    caller, start = partner_caller(), place_now()
    lead = LeadFactory(posted_at=NOW + timedelta(seconds=ahead))

    assert changes(caller, start)[0] == [("upsert", lead.slug)]
    assert lead.slug.encode() in b"".join(caller.get("export/leads.ndjson"))
