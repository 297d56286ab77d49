"""Saving a company's profile and logo."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection
from PIL import Image

from directory import registry, services
from directory.models import Company
from directory.pictures import reencode_logo
from tests.directory.profiles import profile_of
from tests.factories import NOW, CategoryFactory, CompanyFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def update(company: Company, **changes: Any) -> None:
    profile = profile_of(company, **changes)
    services.update_company(company=company, profile=profile, industries=list(company.industries.all()), now=NOW)
    company.refresh_from_db()


def logo(colour: str = "teal") -> "ContentFile[bytes]":
    written = BytesIO()
    Image.new("RGB", (50, 50), colour).save(written, "PNG")
    return reencode_logo(ContentFile(written.getvalue(), name="logo.png"))


def files(media: Path) -> list[str]:
    """Every stored file, from the media directory on."""
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def test_everything_said_is_kept() -> None:
    company, tea = CompanyFactory(), CategoryFactory()
    said: dict[str, Any] = {
        "legal_name": "Rijnpomp Revisie B.V.",
        "trade_name": "Rijnpomp",
        "description": "Pumps, overhauled.",
        "country": "NL",
        "region": "Zuid-Holland",
        "city": "Rotterdam",
        "postal_code": "3011 AB",
        "address": "Kade 5",
        "phone": "+31102345678",
        "fax": "+31102345679",
        "website": "https://rijnpomp.example",
        "business_types": ["manufacturer"],
        "turnover_band": "1-5m",
        "headcount_band": "11-50",
        "year_established": 1987,
        "main_markets": ["DE"],
        "languages": ["nl", "de"],
    }

    services.update_company(company=company, profile=services.Profile(**said), industries=[tea], now=NOW)

    company.refresh_from_db()
    assert {name: getattr(company, name) for name in said} == said
    assert list(company.industries.all()) == [tea]
    assert company.updated_at == NOW


@pytest.mark.promise("contact-details-masked")
def test_contact_details_in_the_description_are_masked_before_they_are_stored() -> None:
    company = CompanyFactory()

    update(company, description="Write to sales@dakhoa.example or call +84 262 381 2345. We sell coffee.")

    assert "dakhoa.example" not in company.description
    assert "381" not in company.description
    assert company.description.endswith("We sell coffee.")
    assert not Company.objects.matching("dakhoa").exists()


def test_saving_changes_neither_state_nor_address_nor_logo() -> None:
    company = CompanyFactory(state="hidden", slug="stays", logo="logos/stays.webp")
    stale = Company.objects.get(pk=company.pk)
    stale.state = Company.State.LISTED

    update(stale, legal_name="Another Name")

    company.refresh_from_db()
    assert (company.state, company.slug, company.logo.name) == ("hidden", "stays", "logos/stays.webp")
    assert company.legal_name == "Another Name"


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        ({"legal_name": "Another Company"}, {"identity", "registry"}),
        ({"country": "SG"}, {"identity", "registry", "address", "site_visit"}),
        ({"city": "Hà Nội"}, {"address", "site_visit"}),
        ({"address": "13 Lê Duẩn"}, {"address", "site_visit"}),
        ({"description": "New words.", "trade_name": "DH", "phone": "+84 24 3825 4321"}, set()),
        ({}, set()),
    ],
)
def test_a_claim_ends_when_what_was_checked_is_said_differently(changes: dict[str, Any], ended: set[str]) -> None:
    company = CompanyFactory()
    for claim in ("identity", "registry", "address", "site_visit"):
        VerificationFactory(company=company, claim=claim)
    other = VerificationFactory()
    lapsed = VerificationFactory(
        company=company, checked_at=NOW - timedelta(days=500), valid_until=NOW - timedelta(days=200)
    )

    update(company, **changes)

    current = set(company.verifications.current(at=NOW).values_list("claim", flat=True))
    assert current == {"identity", "registry", "address", "site_visit"} - ended
    assert other in other.company.verifications.current(at=NOW)
    lapsed.refresh_from_db()
    assert lapsed.valid_until == NOW - timedelta(days=200)


@pytest.mark.usefixtures("bare_registry")
def test_what_higher_apps_copied_follows_in_the_same_transaction() -> None:
    company = CompanyFactory(country="VN")
    heard: list[str] = []

    def follow(changed: Company, _now: Any) -> None:
        heard.append(str(Company.objects.get(pk=changed.pk).country))

    registry.register_company_follower("test", follow)

    update(company, country="SG")

    assert heard == ["SG"]


def test_a_new_logo_takes_the_place_of_the_old_one(
    media: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    company = CompanyFactory()
    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(company=company, logo=logo("teal"), now=NOW)
    first = files(media)

    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(company=company, logo=logo("red"), now=NOW)

    company.refresh_from_db()
    assert files(media) == [company.logo.name]
    assert first != files(media)
    assert company.logo.name.startswith("logos/")
    assert company.updated_at == NOW


def test_a_logo_can_be_taken_away(media: Path, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    company = CompanyFactory()
    services.set_logo(company=company, logo=logo(), now=NOW)
    assert len(files(media)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        services.set_logo(company=company, logo=None, now=NOW)

    company.refresh_from_db()
    assert (company.logo.name, files(media)) == ("", [])


def test_the_old_logo_stays_until_the_new_one_is_committed(
    media: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    company = CompanyFactory()
    services.set_logo(company=company, logo=logo("teal"), now=NOW)
    old = files(media)

    with django_capture_on_commit_callbacks():
        services.set_logo(company=company, logo=logo("red"), now=NOW)

    assert set(old) < set(files(media))


def test_a_logo_whose_row_cannot_be_saved_leaves_no_file(media: Path) -> None:
    company = CompanyFactory()
    with connection.cursor() as cursor:  # gone with the test's transaction
        cursor.execute("ALTER TABLE directory_company ADD CONSTRAINT no_logos CHECK (logo = '')")

    with pytest.raises(IntegrityError):
        services.set_logo(company=company, logo=logo(), now=NOW)

    company.refresh_from_db()
    assert (company.logo.name, files(media)) == ("", [])
