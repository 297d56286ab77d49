"""A great many changes at once: no reader's page waits for all of them, and what is said of removals stays true."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from partners import numbering
from partners.models import Change, Feed, Mark
from partners.numbering import number_changes, number_some
from partners.selectors import removals
from partners.selectors.changes import place_now
from privacy.models import Receipt
from tests.factories import CompanyFactory, LeadFactory, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.mirroring import mirrored, new_mirror, whole
from tests.privacy.leaving import leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator")]
BATCH, LEADS = 2, 7


@pytest.fixture(autouse=True)
def batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two, and so many are shown of a removal."""
    monkeypatch.setattr(numbering, "BATCH", BATCH)
    monkeypatch.setattr(removals, "SHOWN", BATCH)


@pytest.fixture
def seller() -> Any:
    """Somebody who alone owns a company with many leads, all of them in the feed."""
    company = CompanyFactory()
    member = MemberFactory(company=company)
    LeadFactory.create_batch(LEADS, company=company, posted_by=member)
    number_changes(now=timezone.now())
    return member


def pulled() -> Caller:
    """A partner that has copied something."""
    caller = partner_caller()
    b"".join(caller.get("export/leads.ndjson").streaming_content)
    return caller


def pages(caller: Caller, reference: str, **more: Any) -> list[Any]:
    """All pages of what a removal is about, the first one first."""
    found = [caller.get(f"removals/{reference}/objects/", **more).json()]
    while found[-1]["next"] is not None:
        found.append(caller.get(f"removals/{reference}/objects/", after=found[-1]["next"], **more).json())
    return found


def objects(some: list[Any]) -> list[tuple[str, str]]:
    return [(one["kind"], one["id"]) for page in some for one in page["results"]]


def test_a_page_of_the_feed_numbers_one_batch_and_says_that_there_is_more() -> None:
    """Page by page a reader comes to the end, without anybody's help."""
    caller, start = partner_caller(), place_now()
    LeadFactory.create_batch(4)
    marks = Mark.objects.count()
    first = caller.get("changes/", after=start).json()
    left = Mark.objects.count()
    seen, page = len(first["changes"]), first
    while page["has_more"]:
        page = caller.get("changes/", after=page["next"]).json()
        seen += len(page["changes"])

    assert (left, first["has_more"]) == (marks - BATCH, True)
    assert (seen, Mark.objects.count()) == (Change.objects.count(), 0)


def test_a_removal_says_how_it_begins_and_that_there_is_more(seller: Any) -> None:
    """What is not numbered yet counts as more, also where all that is numbered is shown."""
    caller = pulled()
    leave(seller)
    [early] = caller.get("removals/").json()["results"]
    number_changes(now=timezone.now())
    [late] = caller.get("removals/").json()["results"]

    assert (len(early["objects"]) <= BATCH, early["has_more_objects"]) == (True, True)
    assert (len(late["objects"]), late["has_more_objects"]) == (BATCH, True)


def test_a_small_removal_is_whole_in_the_list(seller: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removals, "SHOWN", LEADS + 1)
    caller = pulled()
    leave(seller)
    number_changes(now=timezone.now())
    [owed] = caller.get("removals/").json()["results"]

    assert (len(owed["objects"]), owed["has_more_objects"]) == (LEADS + 1, False)


@pytest.mark.parametrize("is_numbered", [True, False])
def test_page_by_page_all_that_a_removal_is_about_comes_once(seller: Any, is_numbered: bool) -> None:
    """Also while it is being numbered: no page is the last before that is over."""
    caller = pulled()
    leave(seller)
    if is_numbered:
        number_changes(now=timezone.now())
    read = pages(caller, str(Receipt.objects.get().reference), page_size=3)
    found = objects(read)

    assert sorted(kind for kind, _key in found) == ["company", *["lead"] * LEADS]
    assert len(set(found)) == len(found)
    assert max(len(page["results"]) for page in read) == (3 if is_numbered else BATCH)


def test_who_reads_what_a_removal_is_about_waits_for_one_batch(seller: Any) -> None:
    """The list and its pages number as little as a page of the feed does."""
    caller = pulled()
    leave(seller)
    path, left = f"removals/{Receipt.objects.get().reference}/objects/", [Mark.objects.count()]
    for address in ("removals/", path, path):
        caller.get(address)
        left.append(Mark.objects.count())

    assert left == [left[0] - BATCH * read for read in range(4)]


def test_another_partners_removal_and_a_cursor_of_another_list_are_refused(seller: Any) -> None:
    caller, other = pulled(), partner_caller(partner=PartnerFactory())
    leave(seller)
    path = f"removals/{Receipt.objects.get(receiver_key=key_of(caller)).reference}/objects/"
    cursor = caller.get("changes/", after=place_now()).json()["next"]
    sizes = [caller.get(path, page_size=size).status_code for size in ("１0", "10.0", "+10", "10")]

    assert [other.get(path).status_code, caller.get(path, after=cursor).status_code] == [404, 400]
    assert sizes == [400, 400, 400, 200]


def key_of(caller: Caller) -> str:
    """The caller's partner in receipts."""
    assert caller.key.partner is not None
    return f"receiver:{caller.key.partner.receiver_id}"


def test_a_mirror_confirms_only_when_all_of_it_is_gone(live_server: LiveServer, tmp_path: Path, seller: Any) -> None:
    """It hears of the first tombstones while the rest waits for its numbers."""
    mirror = new_mirror(live_server.url, tmp_path / "mirror.sqlite")
    mirror.sync()
    leave(seller)
    while not Change.objects.exclude(removal=None).exists():
        number_some(now=timezone.now())
    with transaction.atomic():
        Feed.objects.select_for_update().get()  # somebody else is numbering, so that the feed ends here for now
        mirror.sync()
    told, waiting = Change.objects.exclude(removal=None).count(), Mark.objects.exclude(removal=None).count()
    confirmed = Receipt.objects.get().confirmed_at
    mirror.sync()

    assert (told, told + waiting, confirmed) == (BATCH, LEADS + 1, None)
    assert (mirrored(mirror), Receipt.objects.get().confirmed_at is None) == (whole(), False)


def test_what_goes_for_a_request_is_found_by_an_index(seller: Any) -> None:
    """However long the feed is."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            for table in ("partners_change", "partners_mark"):
                cursor.execute(f"EXPLAIN SELECT 1 FROM {table} WHERE removal IN (gen_random_uuid())")  # noqa: S608
                plan = "\n".join(row[0] for row in cursor.fetchall())
                assert f"{table.removeprefix('partners_')}_removal" in plan
        finally:
            cursor.execute("SET enable_seqscan = on")
