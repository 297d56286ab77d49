"""Private files that no row names go, once they are old enough to get none."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from offerboard.models import LeadImport
from offerboard.services.imports import STRAY_AFTER, forget_old_files
from privacy.private_files import forget_strays, private_files
from tests.factories import NOW, LeadImportFactory

pytestmark = pytest.mark.django_db
OLD, YOUNG = NOW - timedelta(days=3), NOW - timedelta(minutes=1)


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def store(name: str, *, written: Any = OLD) -> str:
    private_files().save(name, ContentFile(b"x"))
    os.utime(private_files().path(name), (written.timestamp(), written.timestamp()))
    return name


def stored(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_what_a_row_names_in_any_column_stays_and_so_does_what_is_young_or_lies_elsewhere(private_root: Path) -> None:
    kept = [store("imports/file"), store("imports/table"), store("evidence/stray")]
    kept.append(store("imports/young", written=YOUNG))
    store("imports/stray")
    LeadImportFactory(file="imports/file", table="imports/table")

    forget_strays(folder="imports", model=LeadImport, columns=["file", "table"], before=NOW - timedelta(days=1))

    assert stored(private_root) == set(kept)


def test_a_folder_that_nothing_was_ever_stored_in_has_no_strays(private_root: Path) -> None:
    forget_strays(folder="imports", model=LeadImport, columns=["file"], before=NOW)

    assert stored(private_root) == set()


def test_the_nightly_round_of_imports_takes_them_after_a_day(private_root: Path) -> None:
    store("imports/stray", written=NOW - STRAY_AFTER - timedelta(seconds=1))
    fresh = store("imports/fresh", written=NOW - STRAY_AFTER)

    forget_old_files(now=NOW)

    assert stored(private_root) == {fresh}
