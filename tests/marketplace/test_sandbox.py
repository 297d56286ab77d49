"""The demo's partner has one key, which is printed at each start."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.seed.sandbox import KEY_FILE, open_sandbox
from marketplace.seed.sandbox_service import SERVICE_KEY_FILE, open_sandbox_service
from partners.models import ApiKey, ConnectedService, Partner, PartnerPage
from partners.services.keys import revoke_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / KEY_FILE


def opens(secret: str) -> bool:
    answer = Client().get("/api/v1/export/leads.ndjson", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code == 200


def test_its_key_opens_the_api_and_is_for_its_owner_only(file: Path) -> None:
    open_sandbox(file, now=timezone.now())

    assert (opens(file.read_text().strip()), file.stat().st_mode & 0o777) == (True, 0o600)


def test_starting_again_keeps_the_key(file: Path) -> None:
    open_sandbox(file, now=timezone.now())
    kept = file.read_text()
    open_sandbox(file, now=timezone.now())

    assert (file.read_text(), Partner.objects.count(), ApiKey.objects.count()) == (kept, 1, 1)


def test_its_service_can_be_connected_and_has_a_key_of_its_own(file: Path) -> None:
    """Which is kept likewise, and opens contacts alone."""
    service_file = file.with_name(SERVICE_KEY_FILE)
    open_sandbox_service(service_file, now=timezone.now())
    kept = service_file.read_text()
    open_sandbox_service(service_file, now=timezone.now())

    answer = Client().get("/api/v1/contacts/", headers={"Authorization": f"Bearer {kept.strip()}"})

    assert (answer.status_code, answer.json()["results"], service_file.read_text()) == (200, [], kept)
    assert ConnectedService.objects.offered(on=timezone.now().date()).count() == 1


@pytest.mark.parametrize("loss", ["file", "key", "database"])
def test_what_was_lost_is_made_anew(file: Path, loss: str) -> None:
    """Only a digest is known here, so that another key takes its place."""
    open_sandbox(file, now=timezone.now())
    if loss == "file":
        file.unlink()
    elif loss == "key":
        revoke_key(key=ApiKey.objects.get(), now=timezone.now())
    else:
        PartnerPage.objects.all().delete()
        Partner.objects.all().delete()

    open_sandbox(file, now=timezone.now())

    assert opens(file.read_text().strip())
