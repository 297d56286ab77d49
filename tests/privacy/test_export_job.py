"""Making a copy: once for each asking, whole or not at all, for its owner, for a week."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import Delivery
from offerboard.models import SentFile
from privacy import tasks
from privacy.exporting import archive, running
from privacy.models import Export, SubjectRequest
from privacy.private_files import private_files
from privacy.services import requests as services
from tests.factories import NOW, PASSWORD, CompanyFactory, MemberFactory
from tests.processes import run_until_killed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def no_strays() -> Iterator[None]:
    """No test finds what another has left."""
    yield
    for name in files():
        private_files().delete(name)


def files() -> list[str]:
    """What lies in the folder of copies."""
    storage = private_files()
    if not storage.exists(running.FOLDER):
        return []
    return sorted(f"{running.FOLDER}/{name}" for name in storage.listdir(running.FOLDER)[1])


def asked(member: Any = None, *, now: Any = None) -> SubjectRequest:
    """A request that waits for a worker."""
    return services.ask_for_export(member=member or MemberFactory(password=PASSWORD), now=now or timezone.now())


def logged_in(member: Any) -> Client:
    """A browser in which the member has just given the password."""
    client = Client()
    client.force_login(member)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_a_copy_is_made_and_its_owner_is_told() -> None:
    request = asked()

    tasks.build_export(request_id=str(request.pk))
    tasks.build_export(request_id=str(request.pk))  # the broker may deliver twice

    export = Export.objects.select_related("request").get()
    assert export.request.state == "ready"
    assert files() == [export.file.name]
    with export.file.open("rb") as file:
        assert ZipFile(file).testzip() is None
        assert file.seek(0, os.SEEK_END) == export.size
    assert export.rows_done == export.rows > 0
    assert [(mail.template, mail.to) for mail in Delivery.objects.all()] == [
        ("export_ready", request.member.email)  # type: ignore[union-attr]
    ]


def test_of_two_clicks_one_asks_and_three_copies_a_day_are_enough() -> None:
    member = MemberFactory()
    first = asked(member)
    with pytest.raises(services.AlreadyAsked):
        asked(member)
    assert list(SubjectRequest.objects.values_list("pk", flat=True)) == [first.pk]

    for _number in range(2):
        running.build(SubjectRequest.objects.latest("received_at").pk)
        asked(member)
    running.build(SubjectRequest.objects.latest("received_at").pk)
    with pytest.raises(services.TooManyExports):
        asked(member)
    assert SubjectRequest.objects.count() == 3
    asked(member, now=timezone.now() + timedelta(days=1, minutes=1))


def test_a_worker_that_dies_leaves_nothing_and_the_next_begins_anew(monkeypatch: Any) -> None:
    """It dies after the file and before the commit: the worst moment."""
    request = asked()

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(running, "_tell", dies)
        with pytest.raises(KeyboardInterrupt):
            running.build(request.pk)
    left = files()
    export = Export.objects.get()
    assert (len(left), export.file.name, export.ready_at) == (1, "", None)

    running.build(request.pk)
    assert Export.objects.get().ready_at is None  # the lease still stands
    with time_machine.travel(timezone.now() + running.LEASE + timedelta(seconds=1)):
        running.build(request.pk)
        kept = Export.objects.get().file.name
        assert files() == sorted([*left, kept])
    with time_machine.travel(timezone.now() + 3 * running.LEASE):
        services.forget_exports(now=timezone.now())
    assert files() == [kept]
    assert Delivery.objects.count() == 1


def test_a_worker_whose_lease_was_taken_stores_nothing(monkeypatch: Any) -> None:
    request = asked()
    write = archive.Archive.write

    def slowly(self: archive.Archive) -> None:
        Export.objects.update(lease_until=timezone.now() + timedelta(hours=1))  # somebody else took it
        write(self)

    monkeypatch.setattr(archive.Archive, "write", slowly)
    running.build(request.pk)

    assert (files(), Export.objects.get().file.name, Delivery.objects.count()) == ([], "", 0)


def test_one_that_kills_every_worker_is_given_up_and_can_be_asked_for_again() -> None:
    request = asked()
    Export.objects.update(attempts=running.MOST_ATTEMPTS)

    running.build(request.pk)

    request.refresh_from_db()
    assert request.state == "failed"
    assert logged_in(request.member).get(reverse("privacy:download")).content.decode().count("could not be made") == 1
    asked(request.member)


def test_the_copy_of_a_member_who_is_gone_is_not_made() -> None:
    request = asked()
    SubjectRequest.objects.update(member=None)

    running.build(request.pk)

    request.refresh_from_db()
    assert (request.state, files()) == ("failed", [])


def test_a_lost_wake_up_is_found_by_the_sweep(monkeypatch: Any) -> None:
    request = asked()
    woken: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.build_export, "apply_async", lambda *, kwargs, **_: woken.append(kwargs))

    services.take_up_waiting(now=timezone.now())

    assert woken == [{"request_id": str(request.pk)}]


def test_the_owner_fetches_it_with_a_password() -> None:
    member = MemberFactory(password=PASSWORD)
    request = asked(member)
    running.build(request.pk)
    client = logged_in(member)

    answer = client.get(reverse("privacy:fetch_export", args=[request.pk]))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.promise("export-only-yours")
def test_without_the_password_it_is_neither_made_nor_fetched() -> None:
    """An open browser on somebody’s desk is not enough."""
    member = MemberFactory(password=PASSWORD)
    request = asked(member)
    running.build(request.pk)
    client = Client()
    client.force_login(member)

    answers = [
        client.post(reverse("privacy:ask_for_export")),
        client.get(reverse("privacy:fetch_export", args=[request.pk])),
    ]

    assert [(one.status_code, one.headers["Location"].split("?")[0]) for one in answers] == [
        (302, reverse("account_reauthenticate"))
    ] * 2
    assert SubjectRequest.objects.count() == 1


@pytest.mark.promise("export-only-yours")
@pytest.mark.parametrize("other", [{}, {"is_staff": True, "is_superuser": True}])
def test_nobody_else_fetches_it(other: dict[str, bool]) -> None:
    company = CompanyFactory()
    request = asked(MemberFactory(company=company))
    running.build(request.pk)
    client = logged_in(MemberFactory(company=company, password=PASSWORD, **other))

    assert client.get(reverse("privacy:fetch_export", args=[request.pk])).status_code == 404
    assert client.get(reverse("privacy:fetch_export", args=[UUID(int=7)])).status_code == 404


@pytest.mark.promise("export-deleted-after-7-days")
def test_after_seven_days_it_is_gone() -> None:
    """Not to be fetched at once, not there after the next sweep."""
    member = MemberFactory(password=PASSWORD)
    request = asked(member)
    running.build(request.pk)

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        services.forget_exports(now=timezone.now())
        assert len(files()) == 1
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert logged_in(member).get(reverse("privacy:fetch_export", args=[request.pk])).status_code == 410
        services.forget_exports(now=timezone.now())
        assert files() == []
        assert logged_in(member).get(reverse("privacy:fetch_export", args=[request.pk])).status_code == 410
    request.refresh_from_db()
    assert (request.state, Export.objects.get().file.name) == ("expired", "")


def test_the_page_shows_how_far_it_is_and_ends_by_itself() -> None:
    member = MemberFactory(password=PASSWORD)
    request = asked(member)
    Export.objects.update(rows=200, rows_done=50)
    client = logged_in(member)
    page = client.get(reverse("privacy:download")).content.decode()
    assert ('value="25"' in page, 'hx-trigger="every 2s"' in page) == (True, True)

    running.build(request.pk)

    part = client.get(reverse("privacy:download"), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, "hx-trigger" in part, "Your copy is ready." in part) == (False, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_survived() -> None:
    """A real process, killed in the middle of the rows: rebuilt, never half, never two."""
    member = MemberFactory()
    SentFile.objects.bulk_create([SentFile(member=member, sent_at=NOW) for _number in range(3_000)])
    request = asked(member)
    code = f"from privacy import tasks; tasks.build_export(request_id='{request.pk}')"
    # Set to nothing, set after a batch, and killed before it is set after another one.
    ended = run_until_killed(code, statements=3, words='"rows_done" =')
    export = Export.objects.get()
    assert (ended, export.file.name, Delivery.objects.count()) == (-signal.SIGKILL, "", 0)
    assert 0 < export.rows_done < export.rows

    with time_machine.travel(timezone.now() + running.LEASE + timedelta(seconds=1)):
        running.build(request.pk)

    export = Export.objects.get()
    assert (export.rows_done, export.attempts, files(), Delivery.objects.count()) == (
        export.rows,
        2,
        [export.file.name],
        1,
    )


def test_a_file_that_may_be_about_to_get_its_row_is_no_stray() -> None:
    private_files().save(f"{running.FOLDER}/young.zip", ContentFile(b"PK"))

    services.forget_exports(now=timezone.now())
    assert files() == [f"{running.FOLDER}/young.zip"]

    services.forget_exports(now=timezone.now() + 3 * running.LEASE)
    assert files() == []


def test_the_copy_of_somebody_who_is_gone_goes_at_the_next_sweep() -> None:
    request = asked()
    running.build(request.pk)
    SubjectRequest.objects.update(member=None)

    services.forget_exports(now=timezone.now())

    assert (files(), Export.objects.get().file.name) == ([], "")
