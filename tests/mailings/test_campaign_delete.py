"""A draft can be deleted, unless somebody releases it at that moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from mailings.models import Campaign, CampaignText
from mailings.services.campaigns import delete_draft
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, release, write
from tests.mailings.desk import place, writer
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_what_is_released_while_it_is_deleted_stays_as_it_was_released() -> None:
    draft, client = write(), writer()
    LogEntry.objects.all().delete()

    def delete() -> str:
        try:
            return client.post(place("delete", draft), {"post": "yes"}, follow=True).content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            release(draft)
            deleting = pool.submit(delete)
            wait_for(deleting)
        page = deleting.result(120)

    assert Campaign.objects.get().state == "approved"
    assert CampaignText.objects.get().subject == "News of November"
    assert "Somebody released or deleted it at that moment. Nothing was changed." in page
    assert LogEntry.objects.count() == 0


def test_who_releases_what_is_deleted_at_that_moment_is_told() -> None:
    agree(MemberFactory())
    draft, client = write(), writer()
    read = {"when": "now", "starts_at": "", "seen": draft.written_at.isoformat()}

    def let_go() -> str:
        try:
            return client.post(place("release", draft), read, follow=True).content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete_draft(campaign=draft)
            releasing = pool.submit(let_go)
            wait_for(releasing)
        page = releasing.result(120)

    assert "Somebody else released it at the same moment, or deleted it." in page
    assert not Campaign.objects.exists()
