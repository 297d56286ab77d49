"""A running import can be stopped: between two batches, for good, by the company's own editors."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import TeamMember
from offerboard.importing import running
from offerboard.models import Lead, LeadImport
from offerboard.services import imports as services
from tests.factories import NOW, MemberFactory
from tests.offerboard.importing import coffee, queued, table

pytestmark = pytest.mark.django_db


def test_what_was_imported_stays_and_the_rest_is_not_read(monkeypatch: Any) -> None:
    """The worker that holds the file finds after its batch that the import has ended."""
    monkeypatch.setattr(running, "BATCH", 2)
    job = queued(table(*coffee(6)))
    stored: list[int] = []

    def stops(*args: Any) -> bool:
        if stored:
            services.stop_import(lead_import=job, now=NOW)
        stored.append(1)
        return bool(store(*args))

    store = running._store  # noqa: SLF001 - between its calls a worker can be interrupted
    monkeypatch.setattr(running, "_store", stops)

    assert running.go_on(job.pk) is False

    job.refresh_from_db()
    assert (job.state, job.rows_read, job.imported, Lead.objects.count()) == ("failed", 2, 2, 2)
    assert job.failure == "Your team stopped it. What was imported stays."
    assert running.go_on(job.pk) is False


def test_one_that_has_not_begun_never_begins(client: Client) -> None:
    job = queued(table(*coffee(3)))
    client.force_login(MemberFactory(company=job.company, role=TeamMember.Role.EDITOR))

    answer = client.post(reverse("offerboard:import_stop", args=[job.pk]))
    running.go_on(job.pk)

    job.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, job.get_absolute_url())
    assert (job.state, Lead.objects.count()) == ("failed", 0)
    assert "Your team stopped it." in client.get(job.get_absolute_url()).content.decode()


def test_one_that_has_ended_stays_as_it_is() -> None:
    job = queued(table(*coffee(2)))
    running.go_on(job.pk)

    with pytest.raises(services.NotGoingOn):
        services.stop_import(lead_import=job, now=NOW)

    assert LeadImport.objects.values_list("state", "imported", "failure").get() == ("done", 2, "")


def test_a_running_one_offers_to_be_stopped(client: Client) -> None:
    job = queued(table(*coffee(2)))
    client.force_login(MemberFactory(company=job.company))

    assert "Stop the import" in client.get(job.get_absolute_url()).content.decode()

    running.go_on(job.pk)
    assert "Stop the import" not in client.get(job.get_absolute_url()).content.decode()
