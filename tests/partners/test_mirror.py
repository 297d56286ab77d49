"""The mirror that the manual shows equals what the public sees, whatever happens to leads and companies meanwhile."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.services.suspension import restore_member, suspend_member
from directory.models import Category, Company, Verification
from directory.services import hide_company, restore_company, suspend_company
from offerboard.models import Lead, PriceTier
from offerboard.services.lead_states import clear_board, close_lead, pause_lead, reject_lead, renew_lead, resume_lead
from partners import exporting, periodic
from partners.epochs import begin_epoch, was_restored
from partners.models import Change, Feed
from partners.numbering import REMEMBERED, forget_tombstones, number_changes
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory, VerificationFactory
from tests.partners.mirroring import mirrored, new_mirror, whole

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today(operator: None) -> Iterator[None]:
    """The factories' leads are public at NOW, and the clock goes on."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def mirror(live_server: LiveServer, tmp_path: Path) -> Any:
    """A mirror of a market with two leads."""
    company = CompanyFactory()
    LeadFactory(company=company, posted_by=MemberFactory(company=company))
    LeadFactory()
    made = new_mirror(live_server.url, tmp_path / "mirror.sqlite")
    made.sync()
    assert mirrored(made) == whole()
    return made


def first_lead() -> Lead:
    return Lead.objects.order_by("pk")[0]


def first_company() -> Company:
    return Company.objects.order_by("pk")[0]


def owner() -> int:
    return int(first_lead().posted_by_id or 0)


EVENTS: dict[str, Callable[[], Any]] = {
    "a lead is closed": lambda: close_lead(lead=first_lead(), now=timezone.now()),
    "a lead is paused": lambda: pause_lead(lead=first_lead(), now=timezone.now()),
    "a lead is rejected": lambda: (
        Lead.objects.filter(pk=first_lead().pk).update(state="pending"),
        reject_lead(lead=first_lead(), reason="No.", now=timezone.now()),
    ),
    "a lead is back": lambda: (
        pause_lead(lead=first_lead(), now=timezone.now()),
        resume_lead(lead=first_lead(), now=timezone.now()),
    ),
    "a lead is changed": lambda: Lead.objects.filter(pk=first_lead().pk).update(title="Arabica"),
    "a lead is deleted": lambda: first_lead().delete(),
    "a lead has other prices": lambda: PriceTier.objects.create(lead=first_lead(), place=1, min_quantity=5, price=4000),
    "a company is suspended": lambda: suspend_company(company=first_company(), now=timezone.now()),
    "a company is back": lambda: (
        suspend_company(company=first_company(), now=timezone.now()),
        restore_company(company=first_company(), now=timezone.now()),
    ),
    "a company is hidden": lambda: hide_company(company=first_company(), now=timezone.now()),
    "a company is renamed": lambda: Company.objects.filter(pk=first_company().pk).update(legal_name="Other Ltd"),
    "a company is verified": lambda: VerificationFactory(company=first_company()),
    "a verification is taken back": lambda: (
        VerificationFactory(company=first_company()),
        Verification.objects.all().delete(),
    ),
    "a company has an industry": lambda: first_company().industries.add(Category.objects.leaves()[0]),
    "a company is new": CompanyFactory,
    "a member is suspended": lambda: suspend_member(member_id=owner(), now=timezone.now()),
    "a member is back": lambda: (
        suspend_member(member_id=owner(), now=timezone.now()),
        restore_member(member_id=owner(), now=timezone.now()),
    ),
    "a category is renamed": lambda: Category.objects.leaves().update(name="Raw coffee"),
    "a category is new": CategoryFactory,
}


@pytest.mark.parametrize("event", EVENTS)
def test_the_mirror_is_exact_after(mirror: Any, event: str) -> None:
    """What changed is there, what went is gone, and nothing else."""
    EVENTS[event]()
    mirror.sync()

    assert mirrored(mirror) == whole()


def test_what_runs_out_is_not_in_the_mirror_the_second_it_does(mirror: Any) -> None:
    """Without a word from us; the tombstone follows when the sweep has been there, and a renewal brings it back."""
    later = NOW + timedelta(days=60)
    with time_machine.travel(later, tick=True):
        untold = mirrored(mirror, later), whole()
        clear_board(now=timezone.now())
        mirror.sync()
        told = mirror.things("lead", at=NOW), whole()["lead"]
        renew_lead(lead=first_lead(), now=timezone.now())
        mirror.sync()

        assert untold[0] == untold[1]
        assert told == ({}, {})
        assert mirrored(mirror) == whole()
        assert len(whole()["lead"]) == 1


def test_a_mirror_that_was_away_for_a_day_catches_up(mirror: Any) -> None:
    """Whatever happened in between, and in whatever order."""
    for event in ("a lead is changed", "a lead is closed", "a company is new", "a member is suspended"):
        EVENTS[event]()
    LeadFactory.create_batch(5)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        mirror.sync()

        assert mirrored(mirror) == whole()


def test_a_mirror_that_was_away_for_years_exports_again(mirror: Any) -> None:
    """What had gone meanwhile is forgotten here, and so its cursor has ended; nothing of it stays in the mirror."""
    EVENTS["a lead is deleted"]()
    number_changes(now=NOW)
    with time_machine.travel(NOW + REMEMBERED + timedelta(days=1), tick=True):
        LeadFactory(posted_at=timezone.now(), expires_at=timezone.now() + timedelta(days=30))
        forgotten = forget_tombstones(now=timezone.now())
        mirror.sync()

        assert (forgotten, mirrored(mirror)) == (2, whole())  # the one that was deleted and one that ran out


def test_after_a_restore_every_mirror_exports_again(mirror: Any) -> None:
    """The copy knows less than the mirror does: what was posted since is not there any more."""
    copy = Feed.objects.get(pk=1)
    lead = LeadFactory()
    mirror.sync()
    periodic.note_position()
    was = lead.slug in mirror.things("lead"), was_restored()

    # The copy: without the lead and with the feed as it was.
    lead.delete()
    Change.objects.filter(position__gt=copy.last).delete()
    Feed.objects.filter(pk=1).update(last=copy.last)
    noticed = was_restored()
    begin_epoch()
    mirror.sync()

    assert (was, noticed, was_restored()) == ((True, False), True, False)
    assert mirrored(mirror) == whole()


def test_an_export_that_breaks_off_is_resumed(
    live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the last stretch that arrived whole, also by another process; what went meanwhile is gone."""
    LeadFactory.create_batch(7)
    monkeypatch.setattr(exporting, "STRETCH", 2)
    file = tmp_path / "mirror.sqlite"
    first = new_mirror(live_server.url, file)
    asked: list[str] = []

    def on_a_bad_line(path: str, query: dict[str, Any]) -> Iterator[bytes]:
        asked.append(path)
        yield from islice(type(first).lines(first, path, query), 6)
        raise ConnectionError

    monkeypatch.setattr(first, "lines", on_a_bad_line)
    with pytest.raises(ConnectionError):
        first.sync()
    first.database.close()
    first_lead().delete()
    again = new_mirror(live_server.url, file, secret=first.key)
    again.sync()

    assert asked == ["export/categories.ndjson"]  # the line broke in the first of three
    assert mirrored(again) == whole()
    assert len(again.things("lead")) == 6
