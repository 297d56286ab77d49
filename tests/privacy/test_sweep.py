"""Nothing outlives its time by more than one sweep, except under hold; and nothing goes before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from moderation.models import Report
from offerboard.models import Inquiry, Lead, LeadPicture, LeadRevision, Message
from privacy import datamap
from privacy.datamap import Keep, Table
from privacy.models import ConsentEvent, ConsentLink, LegalHold, PolicyVersion, SweepReport
from privacy.sweeping import overdue, running
from tests.factories import InquiryFactory, LeadFactory, MemberFactory, MessageFactory
from tests.privacy.canaries import Canary, Someone
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]

HOUR = timedelta(hours=1)
# What a row's constraints want to be earlier than the time that ends it.
EARLIER = {
    "offerboard.Lead": ("posted_at",),
    "offerboard.LeadRevision": ("public_from",),
    "privacy.LegalHold": ("begun_at",),
    "offerboard.Inquiry": ("started_at",),
}
ABOVE = {"inquiry": "last_message_at", "ticket": "opened_at"}  # what a row hangs on, which ends with it in these tests
# What a rule ends, by the column and the days that end it in the usual case.
USUALLY = {"offerboard.Lead": ("expires_at", 365), "moderation.Report": ("closed_at", 730)}
BY_RULE = {"privacy.ConsentEvent", "directory.Company"}  # no column says when it ends; tested below


def timed() -> list[tuple[Table, Keep]]:
    """Every table with a time, and a rule as it is in the usual case."""
    usual = {label: Keep("", days, column) for label, (column, days) in USUALLY.items()}
    return [(table, usual.get(table.label, keep)) for table, keep in overdue.timed_tables()]


def let_end(table: Table, keep: Keep, row: Any, when: datetime) -> None:
    """Set the time from which a row's days count."""
    *path, column = keep.after.split("__")
    for step in path:
        row = getattr(row, step)
    values = {column: when, **dict.fromkeys(EARLIER.get(row._meta.label, ()), when - timedelta(days=20))}
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    for above, its_column in ((name, column) for name, column in ABOVE.items() if hasattr(row, name)):
        let_end(datamap.tables()[type(getattr(row, above))], Keep("", 0, its_column), getattr(row, above), when)


def rows_of(planted: list[Canary], table: Table) -> dict[Any, Any]:
    """The planted rows of one table, once each."""
    return {one.row.pk: one.row for one in planted if one.part.table.label == table.label}


@pytest.fixture
def at() -> datetime:
    """Long after everything that the factories make."""
    return timezone.now() + timedelta(days=2000)


@pytest.mark.promise("nothing-outlives-its-time")
def test_every_row_goes_after_its_time_and_not_an_hour_before(at: datetime) -> None:
    old, young = Someone("old"), Someone("young")
    old_rows, young_rows = old.plant(), young.plant()
    expected: dict[str, tuple[int, int]] = {}
    for table, keep in (one for one in timed() if one[0].label not in BY_RULE):
        over = at - timedelta(days=keep.days or 0)
        for row in rows_of(old_rows, table).values():
            let_end(table, keep, row, over - HOUR)
        for row in rows_of(young_rows, table).values():
            let_end(table, keep, row, over + HOUR)
        expected[table.label] = (0, len(rows_of(young_rows, table)))
    assert len(expected) > 20

    report = running.sweep(now=at)

    found = {
        table.label: tuple(
            table.model._default_manager.filter(pk__in=rows_of(planted, table)).count()
            for planted in (old_rows, young_rows)
        )
        for table, _keep in timed()
        if table.label not in BY_RULE
    }
    assert found == expected
    assert report is not None
    assert report.ended_at is not None
    assert running.sweep(now=at) is None  # once a night


@pytest.mark.promise("nothing-outlives-its-time")
def test_files_go_with_their_rows(at: datetime) -> None:
    someone = Someone("old")
    picture = LeadPicture.objects.create(
        lead=someone.lead, image="leads/gone.webp", thumbnail="leads/gone-s.webp", width=1, height=1, position=1
    )
    storage = picture.image.storage
    for name in (picture.image.name, picture.thumbnail.name):
        with storage.open(name, "wb") as file:
            file.write(b"x")
    Lead.objects.filter(pk=someone.lead.pk).update(
        posted_at=at - timedelta(days=500), expires_at=at - timedelta(days=400)
    )

    running.sweep(now=at)

    assert not LeadPicture.objects.filter(pk=picture.pk).exists()
    assert [storage.exists(name) for name in (picture.image.name, picture.thumbnail.name)] == [False, False]
    assert SweepReport.objects.get().files == []


def test_a_lead_goes_and_its_threads_and_revisions_stay_for_their_own_time(at: datetime) -> None:
    lead = LeadFactory(posted_at=at - timedelta(days=500), expires_at=at - timedelta(days=400))
    thread = InquiryFactory(lead=lead, last_message_at=at - timedelta(days=10))
    MessageFactory(inquiry=thread, sent_at=at - timedelta(days=10))
    LeadRevision.objects.create(
        lead=lead, facts={}, public_from=at - timedelta(days=500), expires_at=at - timedelta(days=400)
    )

    running.sweep(now=at)

    assert (Lead.objects.count(), Inquiry.objects.get().lead, Message.objects.count()) == (0, None, 1)
    assert LeadRevision.objects.get().lead_id == lead.pk


@pytest.mark.parametrize("what", ["row", "person", "row below"])
def test_what_is_held_stays_and_is_counted(at: datetime, what: str) -> None:
    person = MemberFactory()
    thread = InquiryFactory(started_at=at - timedelta(days=900), last_message_at=at - timedelta(days=800))
    message = MessageFactory(inquiry=thread, author=person, sent_at=at - timedelta(days=800))
    held: dict[str, dict[str, Any]] = {
        "row": {"table": "offerboard.Inquiry", "key": str(thread.pk)},
        "person": {"member": person},
        "row below": {"table": "offerboard.Message", "key": str(message.pk)},
    }
    hold = LegalHold.objects.create(
        reason="Claim 12", begun_at=at - timedelta(days=1), ends_at=at + timedelta(days=1), **held[what]
    )

    first = running.sweep(now=at)

    assert first is not None
    assert Message.objects.filter(pk=message.pk).exists() == (what != "row")
    assert first.held.get("offerboard.Message", 0) + first.held.get("offerboard.Inquiry", 0) > 0
    hold.lifted_at, hold.lift_reason = at, "Settled."
    hold.save()
    running.sweep(now=at + timedelta(days=1))
    assert not Message.objects.exists()
    assert not Inquiry.objects.exists()


def test_a_rehearsal_counts_what_a_sweep_deletes_and_deletes_nothing(at: datetime) -> None:
    thread = InquiryFactory(last_message_at=at)
    MessageFactory.create_batch(3, inquiry=thread, sent_at=at - timedelta(days=731))
    MessageFactory(inquiry=thread, sent_at=at - timedelta(days=729))

    rehearsal = running.rehearse(now=at)

    assert (rehearsal.counts["offerboard.Message"], Message.objects.count()) == (3, 4)
    report = running.sweep(now=at)
    assert report is not None
    assert report.counts["offerboard.Message"] == 3


def test_a_sweep_whose_worker_died_goes_on_and_its_files_go(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "BATCH", 2)
    MessageFactory.create_batch(9, inquiry=InquiryFactory(last_message_at=at), sent_at=at - timedelta(days=731))
    real: Callable[..., None] = running.write_down
    calls: list[str] = []

    def dies(*args: Any, **kwargs: Any) -> None:
        calls.append(kwargs["table"])
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*args, **kwargs)

    monkeypatch.setattr(running, "write_down", dies)
    with pytest.raises(KeyboardInterrupt):
        running.sweep(now=at)
    assert 0 < Message.objects.count() < 9
    monkeypatch.setattr(running, "write_down", real)

    report = running.sweep(now=at + HOUR)

    assert report is not None
    assert (Message.objects.count(), report.counts["offerboard.Message"], SweepReport.objects.count()) == (0, 9, 1)


def test_a_consent_goes_three_years_after_it_was_overtaken_and_a_yes_of_somebody_here_never() -> None:
    """The trigger of the ledger allows what the map says, and the sweep deletes it."""
    at, someone = timezone.now(), Someone("one")
    old = at - timedelta(days=2000)
    PolicyVersion.objects.update(published_at=old, effective_at=old)
    planted = someone.plant()
    event = next(one.row for one in planted if one.part.table.label == "privacy.ConsentEvent")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE privacy_consentevent DISABLE TRIGGER consent_is_only_added_to")
        ConsentEvent.objects.filter(pk=event.pk).update(at=old)
        cursor.execute("ALTER TABLE privacy_consentevent ENABLE TRIGGER consent_is_only_added_to")

    running.sweep(now=at)
    assert ConsentEvent.objects.filter(pk=event.pk).exists()
    ConsentLink.objects.all().delete()
    running.sweep(now=at + timedelta(days=1))

    assert not ConsentEvent.objects.filter(pk=event.pk).exists()


def test_a_table_has_one_time_or_none() -> None:
    """A row goes as a whole; a column with another time would go too early or too late."""
    assert [
        table.label
        for table in datamap.tables_about_people()
        if len({one.keep for one in table.columns if one.keep.has_time}) > 1
    ] == []


def test_staff_rehearse_by_a_button_and_read_the_report_in_words(at: datetime) -> None:
    MessageFactory(sent_at=timezone.now() - timedelta(days=731), inquiry=InquiryFactory(last_message_at=timezone.now()))
    officer = at_work(make_staff("privacy officer"))
    button = reverse("admin:privacy_sweepreport_rehearse")
    assert button in officer.get(reverse("admin:privacy_sweepreport_changelist")).content.decode()

    page = officer.post(button, follow=True).content.decode()

    assert "1 · Messages that you wrote" in page
    assert Message.objects.count() == 1
    assert officer.get(button).status_code == 405
    assert at_work(make_staff("moderator")).post(button).status_code == 403
    assert SweepReport.objects.count() == 1


def test_what_never_ended_by_itself_goes_too(at: datetime) -> None:
    """A draft has no day of expiry, a report that nobody closed no day of closing."""
    old, young = at - timedelta(days=3 * 365 + 1), at - timedelta(days=300)
    drafts = [LeadFactory(state="draft", posted_at=None, expires_at=None, updated_at=when) for when in (old, young)]
    reports = [
        Report.objects.create(target_kind="lead", target_id="x", target_title="x", reason="spam", filed_at=when)
        for when in (old, young)
    ]

    running.sweep(now=at)

    assert [Lead.objects.filter(pk=one.pk).exists() for one in drafts] == [False, True]
    assert [Report.objects.filter(pk=one.pk).exists() for one in reports] == [False, True]
